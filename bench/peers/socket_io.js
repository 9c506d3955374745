// socket.io with its Redis adapter: one process of as many as are started.
const { createServer } = require("http");
const { createAdapter } = require("@socket.io/redis-adapter");
const { createClient } = require("redis");
const { Server } = require("socket.io");
const { fragment } = require("./fragment");

async function main() {
  const publisher = createClient({ socket: { path: process.env.REDIS_SOCKET } });
  const subscriber = publisher.duplicate();
  await Promise.all([publisher.connect(), subscriber.connect()]);
  const http = createServer();
  const io = new Server(http, {
    adapter: createAdapter(publisher, subscriber),
    perMessageDeflate: false,
    httpCompression: false,
    transports: ["websocket"],
  });
  io.on("connection", (socket) => {
    socket.join("room");
    socket.on("message", (message) => io.to("room").emit("message", fragment(message.body)));
  });
  http.listen(+process.argv[2], "127.0.0.1", 4096);
}

main();
