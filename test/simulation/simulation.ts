/** One run of the simulation: clients, two nodes, the store and the bus, from the first edit until all is settled. */
import { Answers } from "./answers.js";
import { heal, planChaos } from "./chaos.js";
import { SimulatedClient } from "./client.js";
import { Cluster } from "./cluster.js";
import { startDesign } from "./edits.js";
import { checkAll } from "./finalChecks.js";
import { sha256 } from "./sha256.js";
import { initialHash } from "../../src/domain/history/versionHash.js";
import { author } from "../setup/memoryServices.js";
import { SimulatedBus } from "./simulatedBus.js";
import { SimulatedDisk } from "./simulatedDisk.js";
import type { Sabotage } from "./simulatedNode.js";
import { Truth } from "./truth.js";
import { World, type RunOptions } from "./world.js";

/** How long faults last, and how long everything may take to settle afterwards, in virtual milliseconds. */
const FAULTS_MS = 16_000;
const SETTLE_MS = 120_000;
const LATE_MS = 6_000;

/** More than any run takes: one that goes round in circles without time passing ends here. */
const STEPS_MAX = 300_000;

export interface RunResult {
  readonly seed: number;
  /** The first promise that was broken, undefined where all were kept. */
  readonly violation: string | undefined;
  readonly trace: readonly string[];
  readonly faults: readonly string[];
  readonly versions: number;
  readonly steps: number;
  readonly virtualMs: number;
}

/** Runs the simulation that the seed and the options name, always the same. */
export async function simulate(
  seed: number,
  options: RunOptions = {},
  sabotage: Sabotage = {},
): Promise<RunResult> {
  const world = new World(seed, options);
  const random = world.random("run");
  const disk = new SimulatedDisk(world, (process) => {
    const node = cluster.nodes.find((node) => node.process === process);
    if (node !== undefined && world.faults.strikes("crashAfterCommit", random)) cluster.crash(node);
  });
  const bus = new SimulatedBus(world);
  const parts = { world, disk, bus, sabotage };
  const cluster = new Cluster(parts);
  const templates = random.pick([1, 1, 2]);
  for (let number = 1; number <= templates; number += 1)
    await addTemplate(disk, world, `t${number}`);
  const clients = clientsOf(world, cluster, disk);
  planChaos({ ...parts, cluster });

  const actions = options.actions ?? random.pick([4, 8, 12]);
  const paceMs = random.pick([20, 300]);
  for (const client of clients) client.start(actions, paceMs);
  const isOver = () => world.violation !== undefined || world.scheduler.steps > STEPS_MAX;
  const areDone = () => clients.every(({ isDone }) => isDone);
  await world.scheduler.run(() => isOver() || areDone(), FAULTS_MS);
  heal({ ...parts, cluster });
  const isSettled = () => areDone() && cluster.nodes.length === 2 && clients.every(isUpToDate);
  await world.scheduler.run(() => isOver() || isSettled(), SETTLE_MS);
  // What nobody waits for any more may still be on its way.
  await world.scheduler.run(isOver, LATE_MS);
  await world.scheduler.run(() => isOver() || isSettled(), SETTLE_MS);
  if (world.violation === undefined && !isSettled()) {
    const lagging = clients.filter((client) => !client.isDone || !isUpToDate(client));
    const who = lagging.map(({ name, isDone, replica }) => `${name} ${isDone} ${replica?.version}`);
    world.violate("SIM-8", `it does not settle: ${who.join(", ")}`);
  }
  if (world.violation === undefined) {
    let isChecked = false;
    world.start("checking", async () => {
      await checkAll({ world, disk, cluster, clients, parts });
      isChecked = true;
    });
    await world.scheduler.run(() => isOver() || isChecked, SETTLE_MS);
  }
  return resultOf(world, disk);
}

function isUpToDate({ replica, parts }: SimulatedClient): boolean {
  return replica?.version === parts.truth.version;
}

async function addTemplate(disk: SimulatedDisk, world: World, templateId: string): Promise<void> {
  disk.truths.set(templateId, new Truth(world, templateId, startDesign));
  await disk.templates.create({
    ...{ templateId, authorId: author.userId, design: startDesign },
    ...{ name: templateId, description: null, category: null, tags: [], isPublic: false },
    versionHash: initialHash(sha256, startDesign),
    createdAt: world.scheduler.now,
  });
}

/** Clients, the first two of which edit the same template. */
function clientsOf(world: World, cluster: Cluster, disk: SimulatedDisk): SimulatedClient[] {
  const random = world.random("clients");
  const truths = [...disk.truths.values()].map((truth) => ({
    truth,
    answers: new Answers(world, truth),
  }));
  const count = world.options.clients ?? random.between(2, 5);
  return Array.from({ length: count }, (_, index) => {
    const about = index < 2 ? truths[0] : random.pick(truths);
    if (about === undefined) throw new Error("there is no template");
    return new SimulatedClient({ world, cluster, ...about }, `c${index + 1}`);
  });
}

function resultOf(world: World, disk: SimulatedDisk): RunResult {
  let versions = 0;
  for (const truth of disk.truths.values()) versions += truth.version - 1;
  const { steps, elapsedMs } = world.scheduler;
  return {
    seed: world.seed,
    violation: world.violation,
    trace: world.lines,
    faults: [...world.faults.kinds],
    versions,
    steps,
    virtualMs: elapsedMs,
  };
}
