/**
 * The messages of one socket, in their order: each is admitted by its size before it is read, and what a client sends
 * before it has its answer to `connection_init` waits for that.
 */
import type { SocketConnection } from "./socketConnection.js";
import type { Leave } from "../../limits/admission.js";
import { closeCodes } from "./closeCodes.js";
import { wholeMessage, type ReceivedMessage } from "./messageBytes.js";

/** A message counts as one more request of its address for each so many bytes: reading it takes that much longer. */
const BYTES_PER_REQUEST = 8_192;

export interface MessageReader {
  /** Counts so many requests of the connection's address; false where that is too many. */
  readonly admit: (requests: number) => Promise<boolean>;
  /** Undefined for a message with too many values. */
  readonly parse: (data: Buffer) => Promise<ReceivedMessage | undefined>;
  readonly read: (message: ReceivedMessage) => Promise<void>;
}

export class SocketMessages {
  readonly #connection: SocketConnection;
  readonly #reader: MessageReader;
  /** What the next message waits for; undefined where it is read at once. */
  #before: Promise<void> | undefined = Promise.resolve();

  constructor(connection: SocketConnection, reader: MessageReader) {
    this.#connection = connection;
    this.#reader = reader;
  }

  /** `leave` gives back the room that its bytes take. */
  take(data: Buffer, leave: Leave): void {
    const { socket } = this.#connection;
    // Whoever was shut out may not answer the farewell, and write on.
    if (socket.readyState !== socket.OPEN) return leave();
    const requests = Math.floor(data.length / BYTES_PER_REQUEST);
    if (this.#before === undefined && requests === 0) {
      leave();
      void this.#reader.read(wholeMessage(data));
      return;
    }
    const turn: Promise<void> = (this.#before ?? Promise.resolve()).then(async () => {
      const message = await this.#admitted(data, requests).finally(leave);
      if (message === undefined) return;
      const reading = this.#reader.read(message);
      // Until it is known who connects, one message waits for the other.
      if (!this.#connection.acknowledged) await reading;
      if (this.#connection.acknowledged && this.#before === turn) this.#before = undefined;
    });
    this.#before = turn;
  }

  /** The message, unless it or what came before closed the socket. */
  async #admitted(data: Buffer, requests: number): Promise<ReceivedMessage | undefined> {
    if (!(await this.#admits(data, requests))) return undefined;
    const message = await this.#reader.parse(data);
    if (message === undefined) {
      this.#connection.close(closeCodes.messageTooLong, "Too many JSON values");
    }
    return message;
  }

  async #admits(data: Buffer, requests: number): Promise<boolean> {
    const { socket } = this.#connection;
    if (data.length > this.#connection.messageBytesMax) {
      this.#connection.close(
        closeCodes.messageTooLong,
        "Sign in to send this many bytes concurrently",
      );
    } else if (requests > 0 && !(await this.#reader.admit(requests))) {
      this.#connection.close(closeCodes.tryLater, "Too many bytes in messages");
    }
    return socket.readyState === socket.OPEN;
  }
}
