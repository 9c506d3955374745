// Node's `ws`: one process, one room.
const { WebSocket, WebSocketServer } = require("ws");
const { fragment } = require("./fragment");

const server = new WebSocketServer({ host: "127.0.0.1", port: +process.argv[2], backlog: 4096, perMessageDeflate: false });

server.on("connection", (socket) => {
  socket.on("error", () => {});
  socket.on("message", (data) => {
    const html = Buffer.from(fragment(JSON.parse(data).body));
    for (const other of server.clients) {
      if (other.readyState === WebSocket.OPEN) other.send(html, { binary: false });
    }
  });
});
