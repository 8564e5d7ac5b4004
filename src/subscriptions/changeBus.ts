/**
 * The port that carries news between nodes. The log is the truth: a message is only a hint that there is news, and
 * one that is lost, doubled, late or out of order changes nothing for a subscriber. Adapters (in-process, Redis)
 * pass one contract suite (test/contracts/changeBus.ts).
 */
import type { LoggedOperation } from "../domain/operations/operation.js";

/** An operation as subscribers see it, with the registers it touched (for viewport filters). */
export type ChangeOperation = Omit<LoggedOperation, "inverse" | "requestHash" | "versionHash">;

export type BusMessage =
  /** The template went from one version to another. Without operations (a large commit) they are read from the log. */
  | {
      readonly kind: "changed";
      readonly templateId: string;
      readonly fromVersion: number;
      readonly toVersion: number;
      readonly operations: readonly ChangeOperation[] | null;
    }
  /** Who may see the template changed, or it went to or came from the bin: read its head. */
  | { readonly kind: "accessChanged"; readonly templateId: string };

export type BusListener = (message: BusMessage) => void;

export interface ChangeBus {
  /** Hands the message to the listeners of its template on every node; never rejects, never waits for Redis. */
  publish(message: BusMessage): void;
  /** Listens to one template until the returned function is called; a listener's exception harms nobody else. */
  subscribe(templateId: string, listener: BusListener): () => void;
  /** Whether messages of other nodes arrive now; where not, the log is asked more often. */
  readonly healthy: boolean;
  close(): Promise<void>;
}
