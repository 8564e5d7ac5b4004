/** Who of those that follow a template may see it, as of one moment. */
import { decideAccess, type Viewer } from "../../domain/access/access.js";
import type { AccessReader } from "../../storage/access/accessReader.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";

export interface Viewing {
  /** Undefined where there is no such template. */
  readonly head: TemplateHead | undefined;
  /** Whoever is not in it came while it was read. */
  readonly mayView: ReadonlyMap<Viewer, boolean>;
}

export interface ViewingParts {
  /** The head as of the call or later; may reject with `StorageUnavailable`. */
  readonly head: (templateId: string) => Promise<TemplateHead | undefined>;
  readonly access: Pick<AccessReader, "granted">;
}

/** Asks from now on about everyone whom `viewers` names when the head is there. */
export async function readViewing(
  { head: readHead, access }: ViewingParts,
  templateId: string,
  viewers: () => Iterable<Viewer>,
): Promise<Viewing> {
  const head = await readHead(templateId);
  if (head === undefined) return { head, mayView: new Map() };
  const asked = [...new Set(viewers())];
  const answers = await Promise.all(
    asked.map(async (viewer) => {
      const granted = await access.granted(viewer, head);
      return [viewer, decideAccess(viewer, "view", granted).allowed] as const;
    }),
  );
  return { head, mayView: new Map(answers) };
}
