/** A request's body within its limit: refused before it is read where it says its length, else as soon as it is passed. */
import { isUtf8 } from "node:buffer";
import type { IncomingMessage, ServerResponse } from "node:http";
import { textSteps, valuesSteps } from "../limits/work/jsonBytes.js";
import type { Paced } from "../live/pace.js";
import { HttpRefusal, respondRefusal } from "./respond.js";

/** How long a client that is refused may go on sending before the connection is cut, so that it reads the answer. */
const LINGER_MS = 1_000;

/** The client went away before its request was complete; there is nobody to answer. */
export class ClientGone extends Error {
  override readonly name = "ClientGone";
}

export interface BodyLimits {
  readonly bytesMax: number;
  /** JSON values: each takes memory once it is parsed, however few bytes it has. */
  readonly valuesMax: number;
}

/** The body as text, decoded in steps. Rejects with HttpRefusal (413, 400) or ClientGone. */
export async function readBody(
  request: IncomingMessage,
  { bytesMax, valuesMax }: BodyLimits,
  pace: Paced,
): Promise<string> {
  const announced = Number(request.headers["content-length"] ?? 0);
  if (announced > bytesMax) throw bodyTooLarge(bytesMax);
  const body = await collect(request, bytesMax);
  // Decoding would put a replacement character for each bad byte: other content than what was sent.
  if (!isUtf8(body)) throw new HttpRefusal(400, "BAD_REQUEST", "the body must be UTF-8");
  if (body.length > valuesMax && (await pace.taken(valuesSteps(body))) > valuesMax) {
    const message = `the body must hold at most ${valuesMax} JSON values`;
    throw new HttpRefusal(413, "PAYLOAD_TOO_LARGE", message);
  }
  return pace.taken(textSteps(body));
}

function collect(request: IncomingMessage, bytesMax: number): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > bytesMax) {
        request.removeAllListeners("data");
        reject(bodyTooLarge(bytesMax));
      } else {
        chunks.push(chunk);
      }
    });
    request.on("end", () => {
      const [only] = chunks;
      resolve(chunks.length === 1 && only !== undefined ? only : Buffer.concat(chunks, bytes));
    });
    request.on("error", () => reject(new ClientGone("the request was aborted")));
    request.on("close", () => {
      // Every request closes in the end; an error for each would cost its stack trace.
      if (!request.complete) reject(new ClientGone("the connection was closed"));
    });
  });
}

function bodyTooLarge(bytesMax: number): HttpRefusal {
  return new HttpRefusal(413, "PAYLOAD_TOO_LARGE", `the body must be at most ${bytesMax} bytes`);
}

/**
 * Refuses a request of which a part may still be on its way. Closing at once would reset the connection and the
 * answer with it, so the rest is read and dropped for a moment.
 */
export function refuseUnread(
  request: IncomingMessage,
  response: ServerResponse,
  refusal: HttpRefusal,
): void {
  if (request.complete) return respondRefusal(response, refusal);
  const { socket } = request;
  const cut = setTimeout(() => socket.destroy(), LINGER_MS);
  cut.unref();
  socket.once("close", () => clearTimeout(cut));
  request.on("error", () => undefined);
  request.resume();
  respondRefusal(response, refusal.withHeaders({ connection: "close" }));
}
