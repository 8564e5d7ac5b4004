/**
 * One HTTP/1.1 connection that is kept, with one request in flight: no more than the protocol asks for, because
 * whatever clients use of the machine's cores the server under test does not have.
 */
import { connect, type Socket } from "node:net";

const ANSWER_MS_MAX = 60_000;
const LENGTH = /\r\ncontent-length: *(\d+)/i;
const HEAD_END = "\r\n\r\n";

interface Waiting {
  resolve(body: string): void;
  reject(error: Error): void;
}

export class KeptConnection {
  private readonly url: URL;
  private readonly head: string;
  private socket: Socket | undefined;
  private received = "";
  private waiting: Waiting | undefined;

  constructor(url: string, headers: { readonly [name: string]: string }) {
    this.url = new URL(url);
    const { pathname, host } = this.url;
    const lines = Object.entries({ host, ...headers }).map(([name, value]) => `${name}: ${value}`);
    this.head = [`POST ${pathname} HTTP/1.1`, ...lines, "content-length: "].join("\r\n");
  }

  /** The answer's body. The one before must be there first. */
  post(body: string): Promise<string> {
    return new Promise((resolve, reject) => {
      this.waiting = { resolve, reject };
      // Servers end connections on which nothing comes for some seconds, so it is made when it is needed.
      this.socket ??= this.open();
      this.socket.write(`${this.head}${Buffer.byteLength(body)}${HEAD_END}${body}`);
    });
  }

  close(): void {
    this.socket?.destroy();
  }

  private open(): Socket {
    const { hostname, port } = this.url;
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    this.received = "";
    // One character per byte, so that lengths are those of the protocol; answers here are ASCII.
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.receive(text));
    socket.setTimeout(ANSWER_MS_MAX, () => this.fail(new Error("the server does not answer")));
    socket.on("error", (error) => this.fail(error));
    socket.on("close", () => {
      if (this.socket === socket) this.socket = undefined;
      this.fail(new Error("the server closed the connection"));
    });
    return socket;
  }

  private receive(text: string): void {
    // What nobody asked for is the server's word that it closes the connection.
    if (this.waiting === undefined) return;
    this.received += text;
    const headEnd = this.received.indexOf(HEAD_END);
    if (headEnd < 0) return;
    const length = LENGTH.exec(this.received.slice(0, headEnd))?.[1];
    if (length === undefined) return this.fail(new Error(`no content-length in: ${text}`));
    const bodyStart = headEnd + HEAD_END.length;
    const bodyEnd = bodyStart + Number(length);
    if (this.received.length < bodyEnd) return;
    const body = this.received.slice(bodyStart, bodyEnd);
    this.received = "";
    const { waiting } = this;
    this.waiting = undefined;
    waiting.resolve(body);
  }

  private fail(error: Error): void {
    const { waiting } = this;
    this.waiting = undefined;
    if (waiting === undefined) return;
    this.socket?.destroy();
    this.socket = undefined;
    waiting.reject(error);
  }
}
