/**
 * The port that carries news between nodes. The log is the truth: a message is only a hint that there is news, and
 * one that is lost, doubled, late or out of order changes nothing for a subscriber. Adapters (in-process, Redis)
 * pass one contract suite (test/contracts/changeBus.ts).
 */
import type { LoggedOperation } from "../domain/operations/operation.js";
import type { PresenceEntry } from "./presenceEntry.js";

export type { PresenceState, ShownPresence } from "./presenceEntry.js";

/** An operation as subscribers see it, with the registers it touched (for viewport filters). */
export type ChangeOperation = Omit<
  LoggedOperation,
  "inverse" | "requestHash" | "authorProof" | "versionHash"
>;

/** What subscribers see of a logged operation. */
export function changeOperationOf(logged: LoggedOperation | ChangeOperation): ChangeOperation {
  const {
    inverse: _inverse,
    requestHash: _requestHash,
    authorProof: _authorProof,
    versionHash: _versionHash,
    ...seen
  } = logged as LoggedOperation;
  return seen;
}

/** The template went from one version to another. Without operations (a large commit) they are read from the log. */
export interface ChangedMessage {
  readonly kind: "changed";
  readonly templateId: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly operations: readonly ChangeOperation[] | null;
  /** Of the grants that they were committed under; absent from nodes of an older version. */
  readonly accessRevision?: number;
}

/** Operations that were just committed, in order. */
interface CommittedOperations {
  readonly fromVersion: number;
  readonly operations: readonly LoggedOperation[];
  readonly accessRevision: number;
}

/** The message that tells of operations that were just committed. */
export function changedBy(
  templateId: string,
  { fromVersion, operations, accessRevision }: CommittedOperations,
): ChangedMessage {
  const toVersion = fromVersion + operations.length;
  return { kind: "changed", templateId, fromVersion, toVersion, operations, accessRevision };
}

/**
 * Who may see the template changed, or it went to or came from the bin: read its head. Also said to the listeners
 * of a channel that was joined (again), because anything may have been missed.
 */
export interface AccessChangedMessage {
  readonly kind: "accessChanged";
  readonly templateId: string;
}

/**
 * Who is here, as far as it changed or must be said again: an entry with a known sequence says that it still holds.
 * `left` are sessions that are over for good, whatever else is told of them.
 */
export interface PresenceMessage {
  readonly kind: "presence";
  readonly templateId: string;
  readonly entries: readonly PresenceEntry[];
  readonly left: readonly string[];
}

/** The set of the template's locks changed: read it. */
export interface LocksMessage {
  readonly kind: "locks";
  readonly templateId: string;
}

/** Comments of the template changed, through the change with this number: read them. */
export interface CommentsMessage {
  readonly kind: "comments";
  readonly templateId: string;
  readonly sequence: number;
}

/** Something happened in somebody's inbox, through this number: read it. It is said about a person, under their id. */
export interface NotifiedMessage {
  readonly kind: "notified";
  /** The person's id: who follows an inbox listens to that. */
  readonly templateId: string;
  readonly sequence: number;
}

export const activityKinds = [
  "JOINED",
  "LEFT",
  "RENAMED",
  "LOCKED",
  "UNLOCKED",
  "REVERTED",
  "COMMENTED",
] as const;
export type ActivityKind = (typeof activityKinds)[number];

/** Something that people who see the template in a gallery like to know. One that is lost is not told again. */
export interface ActivityMessage {
  readonly kind: "activity";
  readonly templateId: string;
  readonly activity: {
    readonly kind: ActivityKind;
    /** Who did it; null where nobody did. */
    readonly userId: string | null;
    /** Milliseconds since the epoch. */
    readonly at: number;
  };
}

/** What is said under each topic: who follows one pays for none of the others. */
export interface TopicMessages {
  readonly changes: ChangedMessage | AccessChangedMessage;
  readonly presence: PresenceMessage | LocksMessage | AccessChangedMessage;
  readonly activity: ActivityMessage | AccessChangedMessage;
  readonly comments: CommentsMessage | AccessChangedMessage;
  readonly inbox: NotifiedMessage | AccessChangedMessage;
}

export type BusTopic = keyof TopicMessages;
export type BusMessage = TopicMessages[BusTopic];
export type BusListener<T extends BusTopic = BusTopic> = (message: TopicMessages[T]) => void;

/** The topics under which a message is said. */
export const topicsOf: { readonly [K in BusMessage["kind"]]: readonly BusTopic[] } = {
  changed: ["changes"],
  accessChanged: ["changes", "presence", "activity", "comments"],
  presence: ["presence"],
  locks: ["presence"],
  activity: ["activity"],
  comments: ["comments"],
  notified: ["inbox"],
};

export interface ChangeBus {
  /** Hands the message to the listeners of its template and topics on every node; never rejects, never waits for Redis. */
  publish(message: BusMessage): void;
  /**
   * Listens to one topic of one template (`changes` where omitted) until the returned function is called; a
   * listener's exception harms nobody else.
   */
  subscribe<T extends BusTopic = "changes">(
    templateId: string,
    listener: BusListener<T>,
    topic?: T,
  ): () => void;
  /** Whether messages of other nodes arrive now; where not, the log is asked more often. */
  readonly healthy: boolean;
  close(): Promise<void>;
}
