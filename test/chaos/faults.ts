/**
 * What is broken, when, and how it is mended: each fault is a strike at a moment. A strike only breaks; `mend` brings
 * everything back. What no fault may break is the same for all of them: SPEC.md, FAIL-n.
 */
import { setTimeout as sleep } from "node:timers/promises";
import type { ChaosNode } from "./chaosNode.js";
import type { Crew } from "./crew.js";
import type { Fault } from "./fault.js";
import { killNodeUnderLock } from "./lockHolder.js";
import * as moments from "./moments.js";
import type { Moment } from "./moments.js";
import { restartAll } from "./rollingRestart.js";
import type { Cut } from "./tcpProxy.js";

/** How long faults last; shorter in CI. */
export interface Durations {
  readonly deadMs: number;
  readonly cutMs: number;
  readonly stoppedMs: number;
  readonly pausedMs: number;
  readonly clients: number;
}

export const fullDurations: Durations = {
  deadMs: 1_500,
  cutMs: 6_000,
  stoppedMs: 10_000,
  pausedMs: 20_000,
  clients: 100,
};

type Blow = Omit<Fault, "name" | "strike"> & {
  readonly name: string;
  readonly blow: (crew: Crew, victim: ChaosNode) => void;
};

/** All of them, in a fixed order. */
export function allFaults(durations: Durations): readonly Fault[] {
  const { anyTime, commit, commitAnswer, publish, checkpoint, snapshot, join, catchUp } = moments;
  const inPostgres = [commit, commitAnswer, checkpoint, snapshot, join, catchUp];
  return [
    ...at(killNode(durations), [anyTime, publish, ...inPostgres]),
    ...at(killPostgres(durations), [anyTime, ...inPostgres]),
    ...at(cutFromPostgres("reset", durations), [anyTime, ...inPostgres]),
    ...at(cutFromPostgres("hang", durations), [anyTime, commit, commitAnswer]),
    ...at(stopPostgres(durations), [anyTime]),
    ...at(killRedis(durations), [anyTime, publish, catchUp]),
    ...at(pauseRedis(durations), [anyTime]),
    ...at(cutFromRedis("reset", durations), [anyTime, publish]),
    ...at(cutFromRedis("hang", durations), [anyTime, publish]),
    ...at(pauseNode(durations), [anyTime, commitAnswer, publish]),
    ...at(killEverything(durations), [anyTime]),
    ...at(moveClocks(durations), [anyTime]),
    killNodeUnderLock(),
    restartAll(durations.clients),
  ];
}

function at(blow: Blow, when: readonly Moment[]): Fault[] {
  return when.map((moment) => ({
    ...blow,
    name: moment === moments.anyTime ? blow.name : `${blow.name} at ${moment.name}`,
    strike: (crew, victim) => moment.await(crew, victim, () => blow.blow(crew, victim)),
  }));
}

function killNode({ deadMs }: Durations): Blow {
  return {
    name: "kill node",
    serves: "survivor",
    holdMs: deadMs,
    blow: (_crew, victim) => victim.process.kill(),
    mend: (_crew, victim) => victim.revive(),
  };
}

function killPostgres({ deadMs }: Durations): Blow {
  return {
    name: "kill PostgreSQL",
    serves: "none",
    holdMs: deadMs,
    blow: ({ cluster }) => cluster.postgres.kill(),
    mend: ({ cluster }) => cluster.postgres.startAgain(),
  };
}

/** Resolves its stop before it is started again. */
function stopPostgres({ stoppedMs }: Durations): Blow {
  let stopped: Promise<void> = Promise.resolve();
  return {
    name: "stop PostgreSQL",
    serves: "none",
    holdMs: stoppedMs,
    blow: ({ cluster }) => {
      stopped = cluster.postgres.stop();
    },
    async mend({ cluster }) {
      await stopped;
      await cluster.postgres.startAgain();
    },
  };
}

/** A node that takes requests without its database tells its clients so, or says nothing; they go to the other one. */
function cutFromPostgres(how: Cut, { cutMs }: Durations): Blow {
  return {
    name: `cut node from PostgreSQL (${how})`,
    serves: "survivor",
    holdMs: cutMs,
    blow: (_crew, victim) => victim.postgres.cut(how),
    mend: async (_crew, victim) => victim.postgres.heal(),
  };
}

function cutFromRedis(how: Cut, { cutMs }: Durations): Blow {
  return {
    name: `cut node from Redis (${how})`,
    serves: "all",
    holdMs: cutMs,
    blow: (_crew, victim) => victim.redis.cut(how),
    mend: async (_crew, victim) => victim.redis.heal(),
  };
}

/** It comes back with nothing in it. */
function killRedis({ deadMs }: Durations): Blow {
  return {
    name: "kill Redis",
    serves: "all",
    holdMs: deadMs,
    blow: ({ cluster }) => cluster.redis.kill(),
    mend: ({ cluster }) => cluster.redis.startAgain(),
  };
}

function pauseRedis({ cutMs }: Durations): Blow {
  return {
    name: "pause Redis",
    serves: "all",
    holdMs: cutMs,
    blow: ({ cluster }) => cluster.redis.pause(),
    mend: async ({ cluster }) => cluster.redis.resume(),
  };
}

/** It wakes with a past that it takes for the present. */
function pauseNode({ pausedMs }: Durations): Blow {
  return {
    name: "pause node",
    serves: "survivor",
    holdMs: pausedMs,
    blow: (_crew, victim) => victim.process.pause(),
    mend: async (_crew, victim) => victim.process.resume(),
  };
}

/** The power fails. */
function killEverything({ deadMs }: Durations): Blow {
  return {
    name: "kill everything",
    serves: "none",
    holdMs: deadMs,
    blow({ cluster }) {
      cluster.postgres.kill();
      cluster.redis.kill();
      for (const { process } of cluster.nodes) process.kill();
    },
    async mend({ cluster }) {
      await Promise.all([cluster.postgres.startAgain(), cluster.redis.startAgain()]);
      await Promise.all(cluster.nodes.map((node) => node.revive()));
    },
  };
}

const SKEW_MS_MAX = 600_000;

/** Each client's clock jumps, by up to ten minutes either way. */
function moveClocks({ deadMs }: Durations): Blow {
  return {
    name: "move clients' clocks",
    serves: "all",
    holdMs: deadMs,
    blow({ hands, random }) {
      for (const { client } of hands)
        client.clockSkewMs = random.between(-SKEW_MS_MAX, SKEW_MS_MAX);
    },
    mend: () => sleep(0),
  };
}
