/** What was committed after a version, read from the log in pages that are bounded. */
import type { TemplateStore } from "../../../storage/templates/templateStore.js";
import type { ChangeOperation } from "../../../bus/changeBus.js";
import { changeOperationOf } from "../../../bus/changeBus.js";

const PAGE = { operationsMax: 500, bytesMax: 1_000_000 };

/** The first operations after the version; none where the log does not lead on from there. */
export async function readChanges(
  store: Pick<TemplateStore, "readLog" | "measureLog">,
  templateId: string,
  afterVersion: number,
): Promise<readonly ChangeOperation[]> {
  const range = { templateId, afterVersion, limit: PAGE.operationsMax };
  const fits = await store.measureLog(range, PAGE.bytesMax);
  if (fits === undefined) return [];
  const logged = await store.readLog({ ...range, throughVersion: fits.throughVersion });
  return logged.map(changeOperationOf);
}
