/** When a fault strikes: at any time, or in the middle of something, told from what passes on the wire. */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChaosNode } from "./chaosNode.js";
import type { Crew } from "./crew.js";
import type { Sighting } from "./tcpProxy.js";

/** So long until what is waited for has to come by while clients edit. */
const SIGHT_MS_MAX = 30_000;
const NEWCOMERS = 6;

export interface Moment {
  readonly name: string;
  /** Calls `strike` once, at that moment on that node, and resolves after it. */
  readonly await: (crew: Crew, node: ChaosNode, strike: () => void) => Promise<void>;
}

/** Under load, in the middle of whatever it may be. */
export const anyTime: Moment = {
  name: "any time",
  await: async (_crew, _node, strike) => strike(),
};

/** The commit has left the node. */
export const commit = onWire("commit", "postgres", "commit_operations", "request");

/** The commit has taken effect; nobody knows of it yet. */
export const commitAnswer = onWire("answer to a commit", "postgres", "commit_operations", "answer");

export const checkpoint = onWire("checkpoint", "postgres", "move_checkpoint", "request");

export const snapshot = onWire("snapshot", "postgres", "add_snapshot", "request");

/** News are on their way to the other node. */
export const publish = onWire("publish", "redis", "spublish", "request");

/** Clients are opening the template. */
export const join: Moment = {
  name: "join",
  await: async (crew, node, strike) => {
    crew.invite("open", NEWCOMERS, node);
    // The requests leave, and are about to be answered.
    await sleep(crew.random.between(0, 6));
    strike();
  },
};

/** Subscribers that stand far back are reading the log. */
export const catchUp: Moment = {
  name: "catch-up",
  await: async (crew, node, strike) => {
    const seen = sighted(node, "postgres", { bytes: "log_range", at: "answer", strike });
    crew.invite("comeBack", NEWCOMERS, node);
    await seen;
  },
};

function onWire(
  name: string,
  wire: "postgres" | "redis",
  bytes: string,
  at: Sighting["at"],
): Moment {
  return {
    name,
    await: (_crew, node, strike) => sighted(node, wire, { bytes, at, strike }),
  };
}

function sighted(node: ChaosNode, wire: "postgres" | "redis", sighting: Sighting): Promise<void> {
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => {
      node[wire].watch(undefined);
      reject(new Error(`${node.name} sent no ${sighting.bytes} in time`));
    }, SIGHT_MS_MAX);
    node[wire].watch({
      ...sighting,
      strike() {
        clearTimeout(late);
        sighting.strike();
        resolve();
      },
    });
  });
}
