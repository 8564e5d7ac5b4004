/** What happens to the whole world while clients work, at times that the seed tells; in the end all is well again. */
import { designOf } from "../../src/domain/document/toDesign.js";
import type { FaultKind } from "./faults.js";
import type { Cluster } from "./cluster.js";
import type { Random } from "./random.js";
import type { SimulatedBus } from "./simulatedBus.js";
import type { SimulatedDisk } from "./simulatedDisk.js";
import type { World } from "./world.js";

/** When the last incident begins, at the latest. */
const INCIDENTS_MS = 12_000;

const HOUR_MS = 3_600_000;

/** What is cut is older than this, at least. */
const KEPT_MS = 3_000;

export interface ChaosParts {
  readonly world: World;
  readonly cluster: Cluster;
  readonly disk: SimulatedDisk;
  readonly bus: SimulatedBus;
}

/** Plans the incidents of a run. */
export function planChaos(parts: ChaosParts): void {
  const { world, cluster, disk, bus } = parts;
  const random = world.random("chaos");
  plan(world, random, "busAway", () => {
    const how = random.pick(["noticed", "unnoticed"] as const);
    world.trace(`the bus is away, ${how}`);
    bus.leave(how);
    world.scheduler.after(random.between(500, 6_000), () => bus.comeBack());
  });
  plan(world, random, "storeAway", () => {
    world.trace("the database is away");
    disk.away = true;
    world.scheduler.after(random.between(200, 4_000), () => {
      world.trace("the database is back");
      disk.away = false;
    });
  });
  plan(world, random, "crash", () => {
    const node = cluster.pick(random);
    if (node !== undefined) cluster.crash(node);
  });
  plan(world, random, "restart", () => {
    const node = cluster.pick(random);
    if (node !== undefined) world.start(`stopping ${node.name}`, () => cluster.restart(node));
  });
  plan(world, random, "clockJump", () => setClocks(parts, random, HOUR_MS));
  plan(world, random, "prune", () => {
    for (const templateId of disk.truths.keys()) {
      world.start("pruning", () => prune(parts, random, templateId));
    }
  });
}

/** Ends everything that goes wrong, but for wall clocks: one that was set back stays behind, and nothing may wait for it. */
export function heal(parts: ChaosParts): void {
  const { world, disk, bus } = parts;
  world.trace("all is well again");
  if (world.faults.has("clockJump")) setClocks(parts, world.random("last clocks"), -HOUR_MS / 2);
  world.faults.healed = true;
  disk.away = false;
  bus.comeBack();
}

/** Sets the wall clock of each node, to at most so much ahead and an hour back. */
function setClocks({ world, cluster }: ChaosParts, random: Random, aheadMsMax: number): void {
  for (const node of cluster.nodes) {
    const aheadMs = random.between(-HOUR_MS, aheadMsMax);
    world.trace(`the clock of ${node.name} is ${aheadMs} ms ahead`);
    node.setClock(aheadMs);
  }
}

function plan(world: World, random: Random, kind: FaultKind, happen: () => void): void {
  if (!world.faults.has(kind)) return;
  for (let count = random.between(1, 3); count > 0; count -= 1) {
    world.scheduler.after(random.between(500, INCIDENTS_MS), () => {
      if (!world.faults.healed) happen();
    });
  }
}

/** Cuts the log behind a version that was stored a while ago, as retention does. */
async function prune({ world, disk }: ChaosParts, random: Random, templateId: string) {
  const { templates } = disk;
  const truth = disk.truth(templateId);
  const version = truth.version - random.between(0, 5);
  if (version <= truth.prunedThrough) return;
  const { document, versionHash } = truth.stateAt(version);
  const design = designOf(document);
  await templates.writeCheckpoint({ templateId, version, versionHash, design });
  await templates.addSnapshot({
    ...{ id: world.newId("kept"), templateId, version, kind: "AUTO", design },
    ...{ name: null, reason: null, designHash: "", createdById: null },
    createdAt: world.scheduler.now,
  });
  await world.scheduler.sleep(KEPT_MS + random.between(0, 2_000));
  while (truth.basesInWork.some((base) => base < version)) await world.scheduler.sleep(20);
  if (version <= truth.prunedThrough) return;
  world.trace(`the log of ${templateId} is cut through version ${version}`);
  truth.prunedThrough = version;
  await templates.pruneLog(templateId, version);
}
