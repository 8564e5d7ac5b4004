/** A client as the parts see it that edit, lock and make things for it. */
import type { Answers } from "./answers.js";
import type { Cluster } from "./cluster.js";
import type { Requests } from "./requests.js";
import type { Truth } from "./truth.js";
import type { World } from "./world.js";

export interface ClientParts {
  readonly world: World;
  readonly cluster: Cluster;
  readonly truth: Truth;
  readonly answers: Answers;
}

export interface ActingClient {
  readonly parts: ClientParts;
  readonly name: string;
  readonly requests: Requests;
  /** Waits for the version, or for a while. */
  waitFor(version: number): Promise<void>;
  /** Waits until the client is online. */
  online(): Promise<void>;
}
