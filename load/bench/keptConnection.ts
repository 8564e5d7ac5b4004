/**
 * One HTTP/1.1 connection that is kept, with one request in flight: no more than the protocol asks for, because
 * whatever clients use of the machine's cores the server under test does not have.
 */
import { connect, type Socket } from "node:net";

const LENGTH = /\r\ncontent-length: *(\d+)/i;
const ANSWER_MS_MAX = 60_000;
const HEAD_END = "\r\n\r\n";

interface Waiting {
  resolve(body: string): void;
  reject(error: Error): void;
}

export class KeptConnection {
  private readonly socket: Socket;
  private readonly head: string;
  private received = "";
  private waiting: Waiting | undefined;
  private broken: Error | undefined;

  constructor(url: string, headers: { readonly [name: string]: string }) {
    const { hostname, port, pathname, host } = new URL(url);
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
    this.head = [`POST ${pathname} HTTP/1.1`, ...lines, "content-length: "].join("\r\n");
    this.socket = connect({ host: hostname, port: Number(port), noDelay: true });
    // One character per byte, so that lengths are those of the protocol; answers here are ASCII.
    this.socket.setEncoding("latin1");
    this.socket.on("data", (text: string) => this.receive(text));
    this.socket.on("error", (error) => this.fail(error));
    this.socket.setTimeout(ANSWER_MS_MAX, () => this.fail(new Error("the server does not answer")));
    this.socket.on("close", () => this.fail(new Error("the server closed the connection")));
  }

  /** The answer's body. The one before must be there first. */
  post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      if (this.broken !== undefined) return reject(this.broken);
      this.waiting = { resolve, reject };
      this.socket.write(`${this.head}${Buffer.byteLength(body)}${HEAD_END}${body}`);
    });
  }

  close(): void {
    this.socket.destroy();
  }

  private receive(text: string): void {
    this.received += text;
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const length = LENGTH.exec(this.received.slice(0, headEnd))?.[1];
    if (length === undefined) return this.fail(new Error("an answer has no content-length"));
    const bodyStart = headEnd + HEAD_END.length;
    const bodyEnd = bodyStart + Number(length);
    if (this.received.length < bodyEnd) return;
    const body = this.received.slice(bodyStart, bodyEnd);
    this.received = this.received.slice(bodyEnd);
    const { waiting } = this;
    this.waiting = undefined;
    waiting?.resolve(body);
  }

  private fail(error: Error): void {
    this.broken ??= error;
    this.waiting?.reject(error);
    this.waiting = undefined;
  }
}
