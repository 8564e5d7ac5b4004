/** Sends hostile requests to a running server, some at once, and tells what came back. */
import { request as httpRequest } from "node:http";
import { connect } from "node:net";
import { WebSocket } from "ws";
import { startHeavyReads } from "./heavyReads.js";
import { randomOf } from "./random.js";
import { hostileRequest, type HostileRequest, type HttpAttack } from "./requests.js";

export interface AttackOptions {
  /** Where the server listens. */
  readonly port: number;
  readonly seed: number;
  readonly requests: number;
  /** Requests under way at once. */
  readonly width: number;
  /** Whether somebody who is signed in reads large templates meanwhile. */
  readonly heavy?: boolean;
  /** Told after each. */
  readonly done?: (count: number) => void;
}

export interface AttackReport {
  /** How often each answer came: a status, a close code, or how else it ended. */
  readonly answers: ReadonlyMap<string, number>;
  /** Answers that nothing may bring about, with the number of the request. */
  readonly failures: readonly string[];
}

/** How long a connection that says nothing more is held. */
const HOLD_MS = 150;
const SOCKET_MS = 1_000;

export async function attack(options: AttackOptions): Promise<AttackReport> {
  const { port, seed, requests, width, done, heavy = false } = options;
  const reads = heavy ? await startHeavyReads(port) : undefined;
  const answers = new Map<string, number>();
  const failures: string[] = [];
  let next = 0;
  const worker = async () => {
    while (next < requests) {
      const index = next;
      next += 1;
      const hostile = hostileRequest(randomOf(seed * 1_000_003 + index));
      const answer = await answerOf(port, hostile);
      answers.set(answer, (answers.get(answer) ?? 0) + 1);
      if (isFailure(answer)) failures.push(`request ${index} (${hostile.name}): ${answer}`);
      done?.(index + 1);
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  for (const [answer, count] of (await reads?.stop()) ?? []) {
    answers.set(`heavy: ${answer}`, count);
    if (isFailure(answer)) failures.push(`a heavy request: ${answer}`);
  }
  return { answers, failures };
}

/** No 5xx and no internal error; 503 does not come without a database that is away. */
function isFailure(answer: string): boolean {
  return /^HTTP 5|INTERNAL_SERVER_ERROR|^close (1011|4500|1006)$|^refused|^unanswered$/.test(
    answer,
  );
}

function answerOf(port: number, hostile: HostileRequest): Promise<string> {
  switch (hostile.kind) {
    case "http":
      return overHttp(port, hostile.sent);
    case "raw":
      return overTcp(port, hostile.bytes);
    case "webSocket":
      return overWebSocket(port, hostile.messages, hostile.protocol);
  }
}

function overHttp(port: number, { method, path, headers, body }: HttpAttack): Promise<string> {
  return new Promise((resolve) => {
    const length = method === "POST" ? { "content-length": Buffer.byteLength(body) } : {};
    let request;
    try {
      const all = { ...length, ...headers };
      request = httpRequest({ port, method, path, agent: false, headers: all }, (response) => {
        let text = "";
        const status = `HTTP ${response.statusCode}`;
        response.on("data", (chunk: Buffer) => (text += chunk.toString("latin1")));
        response.on("close", () => {
          resolve(text.includes("INTERNAL_SERVER_ERROR") ? "INTERNAL_SERVER_ERROR" : status);
        });
      });
    } catch {
      // Node itself sends no such headers.
      return resolve("not sent");
    }
    request.setTimeout(20_000, () => {
      resolve("unanswered");
      request.destroy();
    });
    request.on("error", (error: NodeJS.ErrnoException) => resolve(ended(error)));
    request.end(body);
  });
}

function overTcp(port: number, bytes: readonly (string | Buffer)[]): Promise<string> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1");
    let received = "";
    socket.on("data", (chunk) => (received += chunk.toString("latin1").slice(0, 100)));
    socket.on("error", (error: NodeJS.ErrnoException) => resolve(ended(error)));
    socket.on("close", () => {
      resolve(/^HTTP\/1\.1 (\d+)/.exec(received)?.[1]?.replace(/^/, "HTTP ") ?? "closed");
    });
    for (const part of bytes) socket.write(part);
    setTimeout(() => socket.destroy(), HOLD_MS);
  });
}

function overWebSocket(
  port: number,
  messages: readonly (string | Buffer)[],
  protocol: string,
): Promise<string> {
  return new Promise((resolve) => {
    const socket = new WebSocket(`ws://127.0.0.1:${port}/graphql`, protocol);
    let internal = false;
    let isOurs = false;
    const held = setTimeout(() => {
      isOurs = true;
      socket.terminate();
    }, SOCKET_MS);
    let opened = false;
    socket.on("open", () => {
      opened = true;
      for (const message of messages) socket.send(message);
    });
    socket.on("message", (data: Buffer) => {
      internal ||= data.includes("INTERNAL_SERVER_ERROR");
    });
    socket.on("error", (error: NodeJS.ErrnoException) => {
      clearTimeout(held);
      if (!opened) resolve(ended(error));
    });
    socket.on("close", (code) => {
      clearTimeout(held);
      if (internal) resolve("INTERNAL_SERVER_ERROR");
      else resolve(isOurs ? "held" : `close ${code}`);
    });
  });
}

function ended({ code, message }: NodeJS.ErrnoException): string {
  if (code === "ECONNREFUSED") return "refused: the server is gone";
  return /^Unexpected server response: (\d+)/.exec(message)?.[1]?.replace(/^/, "HTTP ") ?? "cut";
}
