/** What a load balancer asks: is the process alive, and should it get work. */
import type { ServerResponse } from "node:http";
import { respondJson } from "./respond.js";

/** How long PostgreSQL may take to answer before the node counts as not ready. */
const DATABASE_MS_MAX = 2_000;

export interface Health {
  /** Resolves where the database answers. */
  readonly askDatabase: () => Promise<unknown>;
  /** Whether the database has no disk space left to write to. */
  readonly diskFull: () => boolean;
  /** Whether news from other nodes arrive; without them the node works, only slower to hear of their commits. */
  readonly busHealthy: () => boolean;
  readonly stopping: () => boolean;
}

/** The process runs; says nothing about the database, whose failure a restart would not mend. */
export function respondLive(response: ServerResponse): void {
  respondJson(response, 200, { status: "live" });
}

/** 200 where the node can take work, 503 where the database does not answer or cannot write, or the node is stopping. */
export async function respondReady(response: ServerResponse, health: Health): Promise<void> {
  const answers = await answersInTime(health.askDatabase);
  const database = !answers ? "down" : health.diskFull() ? "disk full" : "up";
  const ready = database === "up" && !health.stopping();
  respondJson(response, ready ? 200 : 503, {
    status: health.stopping() ? "stopping" : ready ? "ready" : "not ready",
    database,
    newsFromOtherNodes: health.busHealthy() ? "up" : "down",
  });
}

async function answersInTime(ask: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const tooLate = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), DATABASE_MS_MAX);
  });
  const answered = ask().then(
    () => true,
    () => false,
  );
  try {
    return await Promise.race([answered, tooLate]);
  } finally {
    clearTimeout(timer);
  }
}
