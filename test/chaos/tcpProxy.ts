/**
 * The network between a node and one of its servers. It forwards bytes until it is cut:
 *
 * - `reset` ends connections with an error, and new ones at once;
 * - `hang` forwards nothing and says nothing, as where packets are lost. What was sent meanwhile arrives when the
 *   network is well again, however late: so a commit may take effect long after its node gave it up.
 *
 * It also sees what passes, and can strike at the very moment when a statement or its answer does.
 */
import { createServer, connect, type AddressInfo, type Server, type Socket } from "node:net";

export type Cut = "reset" | "hang";

/** The moment that somebody waits for: a request with these bytes, or the answer to it. */
export interface Sighting {
  readonly bytes: string;
  readonly at: "request" | "answer";
  /** Called at once. What passes goes on unless the connection was cut or its receiver is gone. */
  strike(): void;
}

interface Pair {
  readonly near: Socket;
  readonly far: Socket;
  /** The request was seen; the next bytes back are its answer. */
  awaitsAnswer: boolean;
}

export class TcpProxy {
  readonly #server: Server;
  readonly #pairs = new Set<Pair>();
  #cut: Cut | undefined;
  #sighting: Sighting | undefined;

  /** `target`: where it leads, asked for each connection. */
  private constructor(private readonly target: () => number) {
    this.#server = createServer((near) => this.#join(near));
  }

  static async listen(target: () => number): Promise<TcpProxy> {
    const proxy = new TcpProxy(target);
    await new Promise<void>((resolve) => proxy.#server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  cut(how: Cut): void {
    this.#cut = how;
    for (const pair of this.#pairs) {
      if (how === "reset") this.#reset(pair);
      else for (const socket of [pair.near, pair.far]) socket.pause();
    }
  }

  heal(): void {
    this.#cut = undefined;
    for (const { near, far } of this.#pairs) {
      near.resume();
      far.resume();
    }
  }

  /** Waits for one sighting, which then is forgotten; undefined: for none. */
  watch(sighting: Sighting | undefined): void {
    this.#sighting = sighting;
    for (const pair of this.#pairs) pair.awaitsAnswer = false;
  }

  async close(): Promise<void> {
    for (const pair of this.#pairs) this.#reset(pair);
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #join(near: Socket): void {
    if (this.#cut === "reset") return void near.resetAndDestroy();
    const far = connect({ port: this.target(), host: "127.0.0.1" });
    const pair: Pair = { near, far, awaitsAnswer: false };
    this.#pairs.add(pair);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      from.setNoDelay(true);
      from.on("data", (bytes: Buffer) => this.#pass(pair, from, bytes));
      from.on("end", () => to.end());
      from.on("error", () => this.#reset(pair));
      from.on("close", () => {
        this.#pairs.delete(pair);
        if (!to.writableEnded) to.destroy();
      });
      if (this.#cut === "hang") from.pause();
    }
  }

  #pass(pair: Pair, from: Socket, bytes: Buffer): void {
    const isRequest = from === pair.near;
    const sighting = this.#sighting;
    if (sighting !== undefined) this.#look(sighting, pair, isRequest, bytes);
    const to = isRequest ? pair.far : pair.near;
    // What was on its way when the network was cut waits with the rest, in front of it.
    if (this.#cut === "hang") from.unshift(bytes);
    else if (!to.destroyed) to.write(bytes);
  }

  /** A request that comes in two pieces is not seen; the next one is. */
  #look(sighting: Sighting, pair: Pair, isRequest: boolean, bytes: Buffer): void {
    if (isRequest && bytes.includes(sighting.bytes)) {
      if (sighting.at === "request") this.#strike(sighting);
      else pair.awaitsAnswer = true;
    } else if (!isRequest && pair.awaitsAnswer) {
      this.#strike(sighting);
    }
  }

  #strike(sighting: Sighting): void {
    this.watch(undefined);
    sighting.strike();
  }

  #reset({ near, far }: Pair): void {
    near.resetAndDestroy();
    far.resetAndDestroy();
  }
}
