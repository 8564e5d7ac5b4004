/**
 * Answers where there is no request that could be answered: what cannot be read as HTTP, comes too slowly or wants to
 * become a WebSocket. The same headers and the same form as everywhere else, and then the connection ends.
 */
import { STATUS_CODES, type Server, type ServerResponse } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { headersOfRefusal, HttpRefusal, jsonOfRefusal, secureHeaders } from "./respond.js";

/** Writes a refusal to the bare connection and ends it. */
export type RefuseRaw = (socket: Duplex, refusal: HttpRefusal) => void;

/** Makes the function; `hstsSeconds` is how long browsers are to use HTTPS alone, 0 where they are not told. */
export function createRefuseRaw(hstsSeconds: number): RefuseRaw {
  const common = {
    ...secureHeaders,
    ...(hstsSeconds > 0 && { "strict-transport-security": `max-age=${hstsSeconds}` }),
    "cache-control": "no-store",
    "content-type": "application/json; charset=utf-8",
    connection: "close",
  };
  return (socket, refusal) => {
    if (!socket.writable) return void socket.destroy();
    const body = jsonOfRefusal(refusal);
    const headers = { ...common, ...headersOfRefusal(refusal) };
    const lines = Object.entries({ ...headers, "content-length": Buffer.byteLength(body) });
    const head = lines.map(([name, value]) => `${name}: ${value}\r\n`).join("");
    const { status } = refusal;
    socket.write(`HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ""}\r\n${head}\r\n${body}`);
    // Ended alone, it would stay for as long as its client likes.
    if (socket instanceof Socket) socket.destroySoon();
    else socket.end(() => socket.destroy());
  };
}

/** Answers what node's parser gives up on, with node's own statuses. */
export function answerUnreadable(server: Server, refuse: RefuseRaw): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Duplex) => {
    const { _httpMessage: answer } = socket as { _httpMessage?: ServerResponse | null };
    // Nobody is there any more, or an answer is on its way already, which nothing may be written into.
    if (error.code === "ECONNRESET" || answer?.headersSent === true) return void socket.destroy();
    refuse(socket, refusalOf(error));
  });
}

function refusalOf({ code }: NodeJS.ErrnoException): HttpRefusal {
  switch (code) {
    case "HPE_HEADER_OVERFLOW":
      return new HttpRefusal(431, "HEADERS_TOO_LARGE", "the headers are too large");
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new HttpRefusal(413, "PAYLOAD_TOO_LARGE", "the chunk extensions are too large");
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new HttpRefusal(408, "REQUEST_TIMEOUT", "the request was not complete in time");
    default:
      return new HttpRefusal(400, "BAD_REQUEST", "the request is not valid HTTP");
  }
}
