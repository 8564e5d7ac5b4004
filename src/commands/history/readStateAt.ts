/** The document of a template at its head or at any version that the log still reaches. */
import type { Design } from "../../domain/document/design.js";
import { documentOfSteps } from "../../domain/document/fromDesign.js";
import { heapBytes } from "../../domain/document/size.js";
import { designOf } from "../../domain/document/toDesign.js";
import type { DocumentState } from "../../domain/history/append.js";
import { replaySteps } from "../../domain/history/replay.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import type { Services } from "../services.js";

/** Operations read from the log at a time. */
const PAGE_OPERATIONS = 1_000;
/** Bytes of log rows read at once, unless the first alone has more. */
const PAGE_BYTES = 8_000_000;

/** The log may be cut between the reads of a state and of what leads on from it: then another state is nearest. */
const ATTEMPTS_MAX = 3;

export interface StateAt {
  readonly version: number;
  readonly design: Design;
  /** When the version was reached, milliseconds since the epoch. */
  readonly createdAt: number;
}

type ReadServices = Pick<Services, "live" | "templates" | "pace">;

/** The state at the head, at or after the one given. Rejects with TemplateGone or StorageUnavailable. */
export function currentState(services: ReadServices, head: TemplateHead): Promise<DocumentState> {
  return services.live.read(head.templateId, head.version);
}

/** How many bytes the state at the version is made from: a stored document, and the log that leads on from it. */
export async function bytesOfStateAt(
  { live, templates }: ReadServices,
  { templateId, version: headVersion }: TemplateHead,
  version: number,
): Promise<number> {
  if (version < 1 || version > headVersion) return 0;
  const inMemory = live.peek(templateId);
  if (inMemory?.version === version) return inMemory.document.bytes;
  const stored = await templates.readNearestSize(templateId, version);
  if (stored === undefined) return 0;
  const range = { templateId, afterVersion: stored.version, throughVersion: version };
  const limit = version - stored.version;
  const log = limit === 0 ? undefined : await templates.measureLog({ ...range, limit }, Infinity);
  return stored.bytes + (log?.bytes ?? 0);
}

/** The state at the version; null outside 1..version and where the log was pruned. */
export async function stateAt(
  services: ReadServices,
  head: TemplateHead,
  version: number,
): Promise<StateAt | null> {
  if (version < 1 || version > head.version) return null;
  const inMemory = services.live.peek(head.templateId);
  const state =
    inMemory?.version === version ? inMemory : await olderState(services, head.templateId, version);
  if (state === undefined) return null;
  return {
    version,
    design: designOf(state.document),
    createdAt: await reachedAt(services, head, version),
  };
}

/** A state that is not in memory, read when there is room for it. */
async function olderState(
  services: ReadServices,
  templateId: string,
  version: number,
): Promise<DocumentState | undefined> {
  const size = await services.templates.readNearestSize(templateId, version);
  if (size === undefined) return undefined;
  return services.live.holding(heapBytes(size) + size.bytes, () =>
    replayedState(services, templateId, version),
  );
}

/** From the nearest stored state below, by a bounded replay. */
async function replayedState(
  services: ReadServices,
  templateId: string,
  version: number,
): Promise<DocumentState | undefined> {
  const { templates, pace } = services;
  let attempt = 1;
  let state = await nearestState(services, templateId, version);
  while (state !== undefined && state.version < version) {
    const range = { templateId, afterVersion: state.version, throughVersion: version };
    const measured = await templates.measureLog({ ...range, limit: PAGE_OPERATIONS }, PAGE_BYTES);
    const throughVersion = measured?.throughVersion ?? version;
    const page = await templates.readLog({ ...range, throughVersion, limit: PAGE_OPERATIONS });
    const joinsOn = page[0]?.resultingVersion === state.version + 1;
    if (!joinsOn && attempt < ATTEMPTS_MAX) {
      attempt += 1;
      state = await nearestState(services, templateId, version);
    } else if (page.length === 0) {
      return undefined;
    } else {
      state = await pace.taken(replaySteps(state, page));
    }
  }
  return state;
}

async function nearestState(
  { templates, pace }: ReadServices,
  templateId: string,
  version: number,
): Promise<DocumentState | undefined> {
  const stored = await templates.readNearestState(templateId, version);
  if (stored === undefined) return undefined;
  const { version: at, versionHash, design } = stored;
  return { version: at, versionHash, document: await pace.taken(documentOfSteps(design)) };
}

async function reachedAt(
  { templates }: ReadServices,
  { templateId, createdAt }: TemplateHead,
  version: number,
): Promise<number> {
  const [operation] = await templates.readRecords(
    { templateId, afterVersion: version - 1, throughVersion: version, limit: 1 },
    { payload: false },
  );
  return operation?.serverTimestamp ?? createdAt;
}
