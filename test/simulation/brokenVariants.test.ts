/** Nodes that are broken on purpose: a simulation that does not notice would prove nothing. */
import { finished } from "../../src/domain/steps.js";
import { describe, expect, it, vi } from "vitest";
import type { TemplateStore } from "../../src/storage/templates/templateStore.js";
import type { ChangeBus } from "../../src/bus/changeBus.js";
import { simulate } from "./simulation.js";
import type { Sabotage } from "./simulatedNode.js";
import type { RunOptions } from "./world.js";

/** A broken node has to be noticed within so many seeds. */
const SEEDS_MAX = 40;

const broken = vi.hoisted(() => ({ takesMessagesAsTheyCome: false, revertsAgain: false }));

/** Reverts that know nothing of an earlier try under their batch id. */
vi.mock("../../src/commands/history/earlierStep.js", async (load) => {
  const real = await load<typeof import("../../src/commands/history/earlierStep.js")>();
  let reverts = 0;
  const isForgotten = (batchId: string) => broken.revertsAgain && batchId.endsWith("revert");
  return {
    ...real,
    firstOperationId: (batchId: string) =>
      isForgotten(batchId) ? `${batchId}-${(reverts += 1)}` : real.firstOperationId(batchId),
    operationsOfStep: (...[services, step]: Parameters<typeof real.operationsOfStep>) =>
      isForgotten(step.batchId) ? undefined : real.operationsOfStep(services, step),
  };
});

/** A feed without the check for gaps: whatever arrives counts as the next version. */
vi.mock("../../src/subscriptions/changes/templateFeed.js", async (load) => {
  const real = await load<typeof import("../../src/subscriptions/changes/templateFeed.js")>();
  class Credulous extends real.TemplateFeed {
    override receive(message: Parameters<InstanceType<typeof real.TemplateFeed>["receive"]>[0]) {
      if (!broken.takesMessagesAsTheyCome || message.kind !== "changed" || !message.operations) {
        return super.receive(message);
      }
      const fromVersion = this.version;
      const operations = message.operations.map((operation, index) => ({
        ...operation,
        resultingVersion: fromVersion + 1 + index,
      }));
      const toVersion = fromVersion + operations.length;
      return super.receive({ ...message, fromVersion, toVersion, operations });
    }
  }
  return { ...real, TemplateFeed: Credulous };
});

/** The store with another `commit`; everything else goes to the store itself. */
function withCommit(
  store: TemplateStore,
  commit: (
    ...parameters: Parameters<TemplateStore["commit"]>
  ) => ReturnType<TemplateStore["commit"]>,
): TemplateStore {
  return withMethods(store, { commit });
}

function withMethods(store: TemplateStore, methods: Partial<TemplateStore>): TemplateStore {
  return new Proxy(store, {
    get: (target, name) => Reflect.get(name in methods ? methods : target, name),
  });
}

const variants: Readonly<Record<string, Sabotage>> = {
  "does not know a request that comes again": {
    live: (live) => ({
      submit: (templateId, proposal) =>
        live.submit(templateId, {
          ...proposal,
          decide: (context) => {
            const known = (id: string) =>
              proposal.operationIds.includes(id) ? undefined : context.known(id);
            const decided = proposal.decide({ ...context, known });
            const decision = "next" in decided ? finished(decided) : decided;
            // What a merge asks for it gets, or it would ask for ever.
            return decision.kind === "needs" ? proposal.decide(context) : decision;
          },
        }),
      holding: (bytes, work) => live.holding(bytes, work),
      size: live.size,
      read: (...parameters) => live.read(...parameters),
      peek: (templateId) => live.peek(templateId),
      close: () => live.close(),
    }),
  },
  "publishes before it commits": {
    store: (store, bus) =>
      withCommit(store, (commit) => {
        publish(bus, commit);
        return store.commit(commit);
      }),
  },
  "adopts what was not committed": {
    store: (store) =>
      withCommit(store, (commit) => store.commit(commit).catch(() => ({ kind: "committed" }))),
  },
  "answers before it commits": {
    store: (store) =>
      withCommit(store, async (commit) => {
        store.commit(commit).catch(() => undefined);
        return { kind: "committed" };
      }),
  },
  "believes that it was first": {
    store: (store) =>
      withCommit(store, async (commit) => {
        await store.commit(commit);
        return { kind: "committed" };
      }),
  },
  "does not look at locks": {
    store: (store) =>
      withMethods(store, {
        readLocks: async (ids) => {
          const sets = await store.readLocks(ids);
          return new Map([...sets].map(([id, { revision }]) => [id, { revision, locks: [] }]));
        },
      }),
  },
  "commits whatever was locked since it looked": {
    store: (store) =>
      withCommit(store, async (commit) => {
        const head = (await store.heads([commit.templateId])).get(commit.templateId);
        return store.commit({ ...commit, expectedLockRevision: head?.lockRevision ?? 0 });
      }),
  },
};

function publish(
  bus: ChangeBus,
  { templateId, expectedVersion, operations }: Parameters<TemplateStore["commit"]>[0],
): void {
  const toVersion = expectedVersion + operations.length;
  bus.publish({ kind: "changed", templateId, fromVersion: expectedVersion, toVersion, operations });
}

/** The first promise that one of the seeds shows broken. */
async function violation(
  sabotage: Sabotage,
  seeds: number,
  options: RunOptions = {},
): Promise<string | undefined> {
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { violation } = await simulate(seed, options, sabotage);
    if (violation !== undefined) return violation;
  }
  return undefined;
}

describe("SIM-12 a node that is broken is noticed", () => {
  it.for(Object.entries(variants))("one that %s", async ([, sabotage]) => {
    expect(await violation(sabotage, SEEDS_MAX)).toBeDefined();
  });

  it("one that tells ages by the wall clock, where clocks are set back and messages get lost", async () => {
    const byWallClock: Sabotage = {
      clock: (clock) => ({ ...clock, monotonic: () => clock.now() }),
    };
    const options = { only: ["clockJump", "busLoss"] } as const;
    expect(await violation(byWallClock, SEEDS_MAX, options)).toContain("SIM-8");
    expect(await violation({}, SEEDS_MAX, options)).toBeUndefined();
  });

  it("one that reverts again where the request comes again", async () => {
    broken.revertsAgain = true;
    try {
      expect(await violation({}, SEEDS_MAX)).toMatch(/SIM-4.*revert/);
    } finally {
      broken.revertsAgain = false;
    }
  });

  it("one whose feeds do not look for gaps", async () => {
    broken.takesMessagesAsTheyCome = true;
    try {
      expect(await violation({}, SEEDS_MAX)).toContain("SIM-3");
    } finally {
      broken.takesMessagesAsTheyCome = false;
    }
    expect(await violation({}, 3)).toBeUndefined();
  });
});
