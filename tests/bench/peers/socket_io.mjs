// socket.io of its authors: rooms, as tests/echo_server.rs has them.
import { createServer } from "node:http";
import { Server } from "socket.io";

const http = createServer();
const io = new Server(http, { path: "/conformance/socket.io/", transports: ["websocket"], serveClient: false });
io.of("/group").on("connection", (socket) => {
  const { group } = socket.handshake.auth;
  socket.join(group);
  socket.on("message", (said) => io.of("/group").to(group).emit("message", said));
});
http.listen(0, "127.0.0.1", () => console.log(`listening on 127.0.0.1:${http.address().port}`));
