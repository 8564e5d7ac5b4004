/**
 * The server's side of graphql-transport-ws on one socket: which messages may come when, and what answers them. An
 * operation is an object and its id only its name, so that an id may be used again as soon as the client completed it,
 * whatever is still being opened under it.
 */
import { MessageType, parseMessage, type SubscribePayload } from "graphql-ws";
import type { GraphQLFormattedError } from "graphql";
import { closeCodes } from "./closeCodes.js";
import type { ReceivedMessage } from "./messageBytes.js";

/** UTF-16 units of a message other than `connection_init` and `subscribe`, which have little to say. */
const CONTROL_UNITS_MAX = 4_096;

/** What came of opening an operation. */
export type Opening =
  /** It was not executed at all. */
  | { readonly kind: "errors"; readonly errors: readonly GraphQLFormattedError[] }
  /** The one result there is, as JSON. */
  | { readonly kind: "result"; readonly text: string }
  /** Events follow from now on; `begin` starts them, and is not called where the operation ended meanwhile. */
  | { readonly kind: "live"; readonly begin: () => void };

export interface ProtocolHost {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Whether who connects is let in; may have closed the socket itself where not. */
  connect(parameters: Readonly<Record<string, unknown>>): Promise<boolean>;
  /** Opens an operation. `underWay` counts all that were begun and are not over, this one among them. */
  open(operation: Operation, payload: SubscribePayload, underWay: number): Promise<Opening>;
}

export class Operation {
  #ended = false;
  #whenEnded: (() => void)[] = [];

  constructor(readonly id: string) {}

  /** Whether the client completed it, its socket closed, or it is over by itself. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Calls the task when the operation ends; at once where it did. */
  whenEnded(task: () => void): void {
    if (this.#ended) task();
    else this.#whenEnded.push(task);
  }

  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const task of this.#whenEnded.splice(0)) task();
  }
}

export class SocketProtocol {
  readonly #host: ProtocolHost;
  readonly #operations = new Map<string, Operation>();
  /** Operations that are being opened or live, those that the client completed before they were open among them. */
  #underWay = 0;
  #state: "new" | "connecting" | "acknowledged" | "closed" = "new";

  constructor(host: ProtocolHost) {
    this.#host = host;
  }

  /** Takes one message. Rejects where the server fails at it, which is its own defect. */
  async receive({ content, units }: ReceivedMessage): Promise<void> {
    if (this.#state === "closed") return;
    const message = messageIn(content);
    if (units > CONTROL_UNITS_MAX && !mayBeLong(message)) {
      return this.#host.close(closeCodes.badRequest, "Message too long");
    }
    switch (message?.type) {
      case MessageType.ConnectionInit:
        return this.#connect(message.payload ?? {});
      case MessageType.Ping: {
        const { payload } = message;
        return this.#send({ type: MessageType.Pong, ...(payload && { payload }) });
      }
      case MessageType.Pong:
        return;
      case MessageType.Subscribe:
        return this.#subscribe(message.id, message.payload);
      case MessageType.Complete:
        return this.#operations.get(message.id)?.end();
      default:
        this.#host.close(closeCodes.badRequest, "Invalid message received");
    }
  }

  /** The socket is closed: everything on it ends. */
  closed(): void {
    this.#state = "closed";
    for (const operation of [...this.#operations.values()]) operation.end();
  }

  /** An operation is over from the server's side; its client is told, unless it ended it first. */
  complete(operation: Operation): void {
    if (operation.ended) return;
    operation.end();
    this.#send({ id: operation.id, type: MessageType.Complete });
  }

  async #connect(parameters: Readonly<Record<string, unknown>>): Promise<void> {
    if (this.#state !== "new") {
      return this.#host.close(closeCodes.tooManyInits, "Too many initialisation requests");
    }
    this.#state = "connecting";
    const isLetIn = await this.#host.connect(parameters);
    if (this.#hasClosed()) return;
    if (!isLetIn) return this.#host.close(closeCodes.forbidden, "Forbidden");
    this.#state = "acknowledged";
    this.#send({ type: MessageType.ConnectionAck });
  }

  async #subscribe(id: string, payload: SubscribePayload): Promise<void> {
    if (this.#state !== "acknowledged") {
      return this.#host.close(closeCodes.unauthorized, "Unauthorized");
    }
    if (this.#operations.has(id)) {
      // The reason of a close frame is short, and the id as long as the client likes.
      return this.#host.close(closeCodes.subscriberExists, "Subscriber already exists");
    }
    const operation = new Operation(id);
    this.#operations.set(id, operation);
    operation.whenEnded(() => this.#operations.delete(id));
    this.#underWay += 1;
    let isOpening = true;
    const leave = () => (this.#underWay -= 1);
    operation.whenEnded(() => isOpening || leave());
    try {
      const opening = await this.#host.open(operation, payload, this.#underWay);
      if (!operation.ended) this.#opened(operation, opening);
    } catch (error) {
      operation.end();
      throw error;
    } finally {
      isOpening = false;
      if (operation.ended) leave();
    }
  }

  #opened(operation: Operation, opening: Opening): void {
    const { id } = operation;
    switch (opening.kind) {
      case "errors":
        operation.end();
        return this.#send({ id, type: MessageType.Error, payload: opening.errors });
      case "result":
        this.#host.send(
          `{"id":${JSON.stringify(id)},"type":"${MessageType.Next}","payload":${opening.text}}`,
        );
        return this.complete(operation);
      case "live":
        return opening.begin();
    }
  }

  #hasClosed(): boolean {
    return this.#state === "closed";
  }

  #send(message: object): void {
    this.#host.send(JSON.stringify(message));
  }
}

function mayBeLong(message: ReturnType<typeof messageIn>): boolean {
  return message?.type === MessageType.Subscribe || message?.type === MessageType.ConnectionInit;
}

function messageIn(content: unknown): ReturnType<typeof parseMessage> | undefined {
  try {
    return parseMessage(content);
  } catch {
    return undefined;
  }
}
