// Bun's own server: a process; a room for each path, which is a topic of Bun's own publish(). With a file after the
// port it stores each message there, in a transaction of its own, before it tells anybody.
const { Database } = require("bun:sqlite");
const { fragment } = require("./fragment");

const [port, file] = process.argv.slice(2);
const store = file ? storing(new Database(file)) : () => true;

function storing(database) {
  // As durable as Parley's.
  database.run("PRAGMA journal_mode = WAL");
  database.run("PRAGMA synchronous = NORMAL");
  database.run(`CREATE TABLE IF NOT EXISTS message (
    id INTEGER PRIMARY KEY, room TEXT NOT NULL, token TEXT NOT NULL, body TEXT NOT NULL, html TEXT NOT NULL,
    posted_at TEXT NOT NULL, UNIQUE (room, token))`);
  const insert = database.query(
    "INSERT INTO message (room, token, body, html, posted_at) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING"
  );
  // Whether it is new: what is sent twice is one message.
  return (room, token, body, html) => insert.run(room, token, body, html, new Date().toISOString()).changes > 0;
}

const server = Bun.serve({
  hostname: "127.0.0.1",
  port: +port,
  fetch(request, server) {
    const room = new URL(request.url).pathname;
    return server.upgrade(request, { data: { room } }) ? undefined : new Response("No socket", { status: 426 });
  },
  websocket: {
    perMessageDeflate: false,
    open: (socket) => socket.subscribe(socket.data.room),
    message(socket, data) {
      const { room } = socket.data;
      const { body, token } = JSON.parse(data);
      const html = fragment(body);
      if (store(room, token, body, html)) server.publish(room, html);
    },
  },
});
