/** The limit for delivery: a server on bare `ws` that sends a prepared string to everyone who is connected. */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { answerQuestions } from "./answering.js";

const server = new WebSocketServer({ host: "127.0.0.1", port: 0 });
await once(server, "listening");
const { port } = server.address() as AddressInfo;

answerQuestions(`ws://127.0.0.1:${port}`, {
  broadcast({ text }: { readonly text: string }) {
    for (const socket of server.clients) socket.send(text);
    return server.clients.size;
  },
});
