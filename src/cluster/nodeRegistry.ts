/**
 * The port to the list of nodes that share one database. A node reports again and again; one that falls silent
 * without a goodbye is offline, stays listed for a while, so that an operator sees what is missing, and is then
 * forgotten. Adapters (memory, Redis) pass one contract suite (test/contracts/nodeRegistry.ts).
 */

/** What a node says of itself. */
export interface NodeReport {
  readonly id: string;
  /** The name of the machine or container, with the port. */
  readonly name: string;
  /** Where other machines reach it: address and port; absent from nodes of an older version. */
  readonly address?: string;
  /** Strata's version. */
  readonly version: string;
  /** Milliseconds since the epoch, as `reportedAt`. */
  readonly startedAt: number;
  readonly reportedAt: number;
  /** DRAINING: it finishes what it has and takes nothing new. */
  readonly status: "ONLINE" | "DRAINING";
  readonly load: NodeLoad;
  readonly lag: NodeLag;
}

/** Why a node is as its status says. */
export type StatusReason = "SERVING" | "ALONE" | "STOPPING" | "SILENT";

/** How busy a node is; ratios are since its last report. */
export interface NodeLoad {
  /** Part of the time that the event loop was at work, 0 to 1. */
  readonly eventLoopRatio: number;
  /** Time of processors per time; more than 1 on several. */
  readonly cpuRatio: number;
  readonly memoryBytes: number;
  readonly connections: number;
  readonly subscriptions: number;
  readonly liveTemplates: number;
}

/** How far a node is behind. */
export interface NodeLag {
  /** What 99 of 100 tasks waited at most for their turn since the last report, in milliseconds. */
  readonly eventLoopMs: number;
  /** From a commit until its news are here: the longest since the last report; null where none came. */
  readonly deliveryMs: number | null;
  /** Whether news from other nodes arrive at once; where not, the database is asked every second. */
  readonly hearsOtherNodes: boolean;
}

export interface ListedNode extends Omit<NodeReport, "status"> {
  readonly status: NodeReport["status"] | "OFFLINE";
  /** Milliseconds since its last report, by the registry's clock, which all nodes share. */
  readonly silentMs: number;
}

/** How long is waited for a node; `silenceMsMax` is several times the pace of reports. */
export interface RegistryTimes {
  /** Without a report for so many milliseconds a node is offline. */
  readonly silenceMsMax: number;
  /** So many milliseconds after its last report a node is forgotten. */
  readonly offlineMsMax: number;
}

export const defaultRegistryTimes: RegistryTimes = {
  silenceMsMax: 10_000,
  offlineMsMax: 600_000,
};

export interface NodeRegistry {
  /** Puts the node's newest report in the place of the one before. Rejects where the registry is away. */
  report(node: NodeReport): Promise<void>;
  /** Takes a node off the list that says goodbye. */
  remove(nodeId: string): Promise<void>;
  /** All nodes, by name, then by id. */
  list(): Promise<ListedNode[]>;
  close(): Promise<void>;
}

/** Why the node has its status: one that hears of no other node serves, and asks the database for their news. */
export function statusReasonOf({ status, lag }: ListedNode): StatusReason {
  switch (status) {
    case "ONLINE":
      return lag.hearsOtherNodes ? "SERVING" : "ALONE";
    case "DRAINING":
      return "STOPPING";
    case "OFFLINE":
      return "SILENT";
  }
}

/** The order of the list. */
export function byName(a: ListedNode, b: ListedNode): number {
  return a.name.localeCompare(b.name) || a.id.localeCompare(b.id);
}
