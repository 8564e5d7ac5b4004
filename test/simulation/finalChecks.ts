/** What has to be so when all is well again and nothing is on its way any more. */
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { checkChain } from "../../src/domain/history/checkChain.js";
import { replay } from "../../src/domain/history/replay.js";
import { initialHash } from "../../src/domain/history/versionHash.js";
import type { SimulatedClient } from "./client.js";
import type { Cluster } from "./cluster.js";
import { startDesign } from "./edits.js";
import { sha256 } from "./sha256.js";
import type { SimulatedDisk } from "./simulatedDisk.js";
import { type NodeParts, SimulatedNode } from "./simulatedNode.js";
import type { Truth } from "./truth.js";
import type { World } from "./world.js";

export interface Settled {
  readonly world: World;
  readonly disk: SimulatedDisk;
  readonly cluster: Cluster;
  readonly clients: readonly SimulatedClient[];
  readonly parts: NodeParts;
}

/** Compares everything with the truth; all differences are violations. */
export async function checkAll(settled: Settled): Promise<void> {
  const { disk, clients, cluster, parts, world } = settled;
  for (const truth of disk.truths.values()) {
    checkClients(world, truth, clients);
    checkHistory(world, truth);
    await checkLog(settled, truth);
    await checkNodes(settled, truth, cluster.nodes, "node");
    await checkNodes(settled, truth, [new SimulatedNode(parts, "cold")], "cold node");
  }
  checkCopies(settled);
}

function checkClients(world: World, truth: Truth, clients: readonly SimulatedClient[]): void {
  for (const { name, replica, parts } of clients) {
    if (parts.truth !== truth || replica === undefined) continue;
    if (!truth.isAt(replica.version, designOf(replica.document))) {
      world.violate("SIM-5", `${name} holds another document as version ${replica.version}`);
    }
  }
}

/** All that was ever committed, also what was cut off since. */
function checkHistory(world: World, truth: Truth): void {
  const start = { version: 1, versionHash: initialHash(sha256, startDesign) };
  const { damages, end } = checkChain(sha256, start, truth.operations);
  if (damages.length > 0 || end.version !== truth.version) {
    world.violate("SIM-5", `the chain of the log is broken: ${JSON.stringify(damages)}`);
  }
}

async function checkLog({ world, disk }: Settled, truth: Truth): Promise<void> {
  const { templateId, version, prunedThrough } = truth;
  const log = await disk.templates.readLog({ templateId, afterVersion: 0, limit: 1_000_000 });
  const expected = truth.operations.slice(prunedThrough - 1);
  if (JSON.stringify(log) !== JSON.stringify(expected)) {
    world.violate("SIM-5", `the stored log is not what was committed after ${prunedThrough}`);
  }
  const head = (await disk.templates.heads([templateId])).get(templateId);
  if (head?.version !== version || head.versionHash !== truth.stateAt(version).versionHash) {
    world.violate("SIM-5", `the stored head is version ${head?.version} instead of ${version}`);
  }
  const stored = await disk.templates.readNearestState(templateId, version);
  if (stored === undefined) return world.violate("SIM-5", "no stored state leads to the head");
  const state = { version: stored.version, versionHash: stored.versionHash };
  const rest = log.filter(({ resultingVersion }) => resultingVersion > stored.version);
  const replayed = replay({ ...state, document: documentOf(stored.design) }, rest);
  if (!truth.isAt(replayed.version, designOf(replayed.document))) {
    world.violate("SIM-5", "the replayed log does not lead to the head");
  }
}

async function checkNodes(
  { world }: Settled,
  truth: Truth,
  nodes: readonly SimulatedNode[],
  what: string,
): Promise<void> {
  for (const { process, services } of nodes) {
    const head = await services.head(truth.templateId);
    const state = await services.live.read(truth.templateId, head?.version ?? 0);
    const { versionHash } = truth.stateAt(truth.version);
    const isRight =
      state.version === truth.version &&
      state.versionHash === versionHash &&
      truth.isAt(state.version, designOf(state.document));
    if (!isRight)
      world.violate("SIM-5", `${what} ${process.name} holds another state than the log`);
  }
}

/** Checkpoints and snapshots are the replay at their version. */
function checkCopies({ world, disk }: Settled): void {
  for (const copy of disk.copies) {
    const truth = disk.truth(copy.templateId);
    if (canonicalJson(copy.design) !== truth.canonicalAt(copy.version)) {
      world.violate("SIM-6", `a copy was stored that is not version ${copy.version}`);
    }
    if ("versionHash" in copy && copy.versionHash !== truth.stateAt(copy.version).versionHash) {
      world.violate("SIM-6", `a checkpoint has another hash than version ${copy.version}`);
    }
  }
}
