/** The list of nodes where there is one node, and the twin of the others for tests. */
import type { Clock } from "../platform/clock.js";
import {
  byName,
  defaultRegistryTimes,
  type ListedNode,
  type NodeRegistry,
  type NodeReport,
  type RegistryTimes,
} from "./nodeRegistry.js";

export class MemoryNodeRegistry implements NodeRegistry {
  readonly #reports = new Map<string, { readonly report: NodeReport; readonly heardAt: number }>();

  constructor(
    private readonly clock: Clock,
    private readonly times: RegistryTimes = defaultRegistryTimes,
  ) {}

  async report(report: NodeReport): Promise<void> {
    this.#reports.set(report.id, { report, heardAt: this.clock.monotonic() });
  }

  async remove(nodeId: string): Promise<void> {
    this.#reports.delete(nodeId);
  }

  async list(): Promise<ListedNode[]> {
    const now = this.clock.monotonic();
    const { silenceMsMax, offlineMsMax } = this.times;
    const listed: ListedNode[] = [];
    for (const [id, { report, heardAt }] of this.#reports) {
      const silentMs = now - heardAt;
      if (silentMs >= offlineMsMax) this.#reports.delete(id);
      else if (silentMs < silenceMsMax) listed.push({ ...report, silentMs });
      else listed.push({ ...report, silentMs, status: "OFFLINE" });
    }
    return listed.sort(byName);
  }

  async close(): Promise<void> {
    this.#reports.clear();
  }
}
