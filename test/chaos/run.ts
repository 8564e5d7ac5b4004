/** A run: a cluster, clients that edit all the time, one fault after the other, and everything checked after each. */
import { setTimeout as sleep } from "node:timers/promises";
import { Random } from "../simulation/random.js";
import { untilAnswered, request } from "./api.js";
import type { ChaosNode } from "./chaosNode.js";
import { Cluster } from "./cluster.js";
import { Crew } from "./crew.js";
import { APPLY_OPERATIONS, type Outcome } from "./documents.js";
import type { Fault } from "./fault.js";
import type { Timeline } from "./timeline.js";
import { verify } from "./verify.js";

export interface RunOptions {
  readonly seed: number;
  /** What happens, in this order. */
  readonly course: readonly Fault[];
  readonly clients: number;
  /** About so long between two actions of a client, in milliseconds. */
  readonly paceMs: number;
  readonly programDir: string;
  readonly timeline: Timeline;
}

/** What was measured about one fault, in milliseconds. */
export interface Recovery {
  readonly fault: string;
  /** From the strike until what survived took an edit and told everybody; undefined where nothing survives it. */
  readonly takeoverMs: number | undefined;
  /** From the mending until each node took an edit and everybody had been told of them. */
  readonly recoveryMs: number;
}

export interface RunResult {
  readonly recoveries: readonly Recovery[];
  readonly acknowledged: number;
  readonly versions: number;
}

const TEMPLATES = 3;
const WARM_UP_MS = 700;

/** Rejects with the first Violation; the logs of the processes are kept then. */
export async function run(options: RunOptions): Promise<RunResult> {
  const { timeline } = options;
  const cluster = await Cluster.start(options.programDir, timeline);
  let failed = true;
  try {
    const result = await new Run(options, cluster).toEnd();
    failed = false;
    return result;
  } finally {
    if (failed) timeline.note(`the logs are in ${cluster.workDir}`);
    await cluster.close({ keep: failed });
  }
}

class Run {
  readonly #random: Random;
  #probes = 0;

  constructor(
    private readonly options: RunOptions,
    private readonly cluster: Cluster,
  ) {
    this.#random = new Random(options.seed, "faults");
  }

  async toEnd(): Promise<RunResult> {
    const { seed, clients, paceMs, timeline, programDir } = this.options;
    const crew = await Crew.muster(this.cluster, seed, TEMPLATES);
    try {
      await crew.join(clients, paceMs);
      const recoveries: Recovery[] = [];
      for (const [index, fault] of this.options.course.entries()) {
        timeline.note(`fault ${index + 1}: ${fault.name}`);
        recoveries.push(await this.#suffer(crew, fault));
      }
      const all = [...crew.subjects, crew.archive];
      for (const { templateId } of all) await verify(this.cluster, programDir, templateId);
      const ledgers = all.map(({ ledger }) => ledger);
      return {
        recoveries,
        acknowledged: sum(ledgers.map(({ acknowledgedCount }) => acknowledgedCount)),
        versions: sum(ledgers.map(({ copy }) => copy.version - 1)),
      };
    } finally {
      for (const { client } of crew.hands) client.close();
    }
  }

  async #suffer(crew: Crew, fault: Fault): Promise<Recovery> {
    const { timeline, nodes } = this.cluster;
    const victim = this.#random.pick(nodes);
    const survivor = nodes.find((node) => node !== victim) as ChaosNode;
    crew.start();
    await sleep(WARM_UP_MS + this.#random.between(0, WARM_UP_MS));
    await fault.strike(crew, victim);
    const struckAt = performance.now();
    timeline.note(`${fault.name} has struck (${victim.name})`);
    const takeover =
      fault.serves === "none"
        ? undefined
        : this.#recovered(crew, fault.serves === "all" ? nodes : [survivor]);
    const takeoverMs = takeover?.then(() => performance.now() - struckAt);
    // A failure is looked at when its turn has come.
    takeoverMs?.catch(() => undefined);
    await sleep(fault.holdMs);
    await fault.mend(crew, victim);
    const mendedAt = performance.now();
    timeline.note(`${fault.name} is mended`);
    const took = await takeoverMs;
    await this.#recovered(crew, nodes);
    const recoveryMs = performance.now() - mendedAt;
    await crew.arrived();
    await crew.rest();
    await crew.check();
    await crew.dismiss();
    const times = [took, recoveryMs].map((ms) => ms?.toFixed(0) ?? "-").join(" / ");
    timeline.note(`${fault.name}: all is well; takeover / recovery ${times} ms`);
    return { fault: fault.name, takeoverMs: took, recoveryMs };
  }

  /** Each of the nodes takes an edit of the hot template, and everybody who follows that is told. */
  async #recovered(crew: Crew, nodes: readonly ChaosNode[]): Promise<void> {
    const versions = await Promise.all(nodes.map((node) => this.#probe(crew, node)));
    await crew.allAt(crew.hot, Math.max(...versions));
  }

  async #probe({ hot }: Crew, node: ChaosNode): Promise<number> {
    const { timeline } = this.cluster;
    this.#probes += 1;
    const id = `probe.${this.#probes}`;
    const operation = { id, type: "UPDATE_CANVAS", target: {}, payload: { probe: this.#probes } };
    const { templateId, token, ledger } = hot;
    const input = { templateId, baseVersion: 1, onConflict: "FORCE", operations: [operation] };
    ledger.sent([id]);
    const { outcome } = await untilAnswered([node], () =>
      request<{ outcome: Outcome }>(node, timeline, token, APPLY_OPERATIONS, { input }),
    );
    ledger.acknowledged("probe", outcome.operations ?? []);
    if (outcome.newVersion === undefined) {
      timeline.violate("FAIL-4", `${id} was answered ${JSON.stringify(outcome)}`);
    }
    return outcome.newVersion ?? 0;
  }
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
