/**
 * How ioredis makes TLS connections here. It listens to one error of a connection, but a TLS connection that is ended
 * in its handshake tells two, and one that nobody listens to ends the process: so somebody always listens.
 */
import { connect, type ConnectionOptions, type TLSSocket } from "node:tls";
import { AbstractConnector, SentinelConnector } from "ioredis";

interface Options {
  readonly host: string;
  readonly port: number;
  readonly tls: ConnectionOptions;
  readonly disconnectTimeout: number;
}

const ignore = (): void => {};

/** To one server, or one node of a cluster. */
export class TlsConnector extends AbstractConnector {
  readonly #options: Options;

  constructor(options: unknown) {
    super((options as Options).disconnectTimeout);
    this.#options = options as Options;
  }

  async connect(): Promise<TLSSocket> {
    const { host, port, tls } = this.#options;
    this.connecting = true;
    const socket = connect({ host, port, ...tls });
    this.stream = socket;
    socket.once("error", (error) => {
      this.firstError = error;
    });
    socket.on("error", ignore);
    return socket;
  }
}

/** To the master that Sentinels name. */
export class SentinelTlsConnector extends SentinelConnector {
  constructor(options: unknown) {
    super(options as ConstructorParameters<typeof SentinelConnector>[0]);
  }

  override async connect(...parameters: Parameters<SentinelConnector["connect"]>) {
    const socket = await super.connect(...parameters);
    socket.on("error", ignore);
    return socket;
  }
}
