/**
 * Conflicts made at random from a seed, answered by the commands as clients meet them: what each strategy announces is
 * what resolving then does, told from the documents before and after.
 */
import { applyOperations } from "../../src/commands/editing/applyOperations.js";
import { createTemplate } from "../../src/commands/templates/createTemplate.js";
import type { OperationInput } from "../../src/commands/inputs.js";
import type { ResolveConflictOutcome, VersionConflict } from "../../src/commands/outcomes.js";
import { resolveConflict } from "../../src/commands/conflicts/resolveConflict.js";
import { canonicalJson } from "../../src/domain/document/json/canonicalJson.js";
import type { Design } from "../../src/domain/document/design.js";
import type { OperationContent, OperationType } from "../../src/domain/operations/operation.js";
import { currentDesign } from "../live/editing.js";
import { author, memoryServices, type MemorySetup } from "../setup/memoryServices.js";
import { after, drawChain, narrowed } from "./chains.js";
import { fastDraw, randomOf } from "./fastDraw.js";
import { smallDesign } from "./histories.js";
import { nodesOf } from "./intents.js";
import { LawBroken } from "./lawBroken.js";
import { drawOperation, drawOperationOf } from "./operationGenerators.js";

interface Conflict {
  readonly design: Design;
  readonly theirs: readonly OperationInput[];
  readonly mine: readonly OperationInput[];
}

const often: readonly OperationType[] = [
  "DELETE_ELEMENT",
  "CLEAR_PAGE",
  "DELETE_PAGE",
  "DELETE_AUDIO_LAYER",
  "UPDATE_ELEMENT_PROPS",
  "REORDER_ELEMENT",
  "EDIT_TEXT",
  "EXTEND_STROKE",
];

function madeConflict(seed: number): Conflict {
  const random = randomOf(seed);
  const draw = fastDraw(random);
  const below = (count: number) => Math.floor(random() * count);
  const design = smallDesign(draw, below);
  const drawAny = (at: Design, around: Design) => {
    const type = often[below(often.length * 2)];
    const drawn = type === undefined ? undefined : drawOperationOf(draw, type, around);
    return drawn ?? drawOperation(draw, at);
  };
  const side = (begun: readonly OperationContent[]) => {
    const contents = [...begun];
    let at = contents.reduce(after, design);
    for (let count = 1 + below(4) - contents.length; count > 0; count -= 1) {
      // Half of what follows is about what the side was at.
      const content = drawAny(at, below(2) === 0 ? narrowed(at, contents) : at);
      contents.push(content);
      at = after(at, content);
    }
    return contents;
  };
  const chain = below(2) === 0 ? drawChain(draw, design) : undefined;
  const mine = side(chain?.mine ?? []);
  const named = (name: string, contents: readonly OperationContent[]) =>
    contents.map((content, index) => ({ id: `${name}${index}`, ...content }));
  return { design, theirs: named("s", side(chain?.theirs ?? [])), mine: named("c", mine) };
}

/** Checks the conflicts of the seeds; answers of how many the two sides collided. */
export async function checkResolutions(first: number, count: number): Promise<number> {
  const services = memoryServices();
  let collided = 0;
  for (let seed = first; seed < first + count; seed += 1) {
    const conflict = madeConflict(seed);
    try {
      collided += await checkConflict(services, conflict);
    } catch (error) {
      const told = `seed ${seed}: ${JSON.stringify(conflict)}`;
      throw new LawBroken(`${(error as Error).message}\n  with ${told}`, { cause: error });
    }
  }
  return collided;
}

async function checkConflict(services: MemorySetup, conflict: Conflict): Promise<number> {
  const { mine } = conflict;
  const announced = await opened(services, conflict);
  if (announced === undefined) return 0;
  const { strategies, autoMerge, collisions } = announced.conflict;
  const results = new Map<string, Design>();
  for (const { strategy, warning, discardedOps, overriddenOps } of strategies) {
    if (strategy === "MANUAL") continue;
    const { templateId, head } = (await opened(services, conflict))!;
    const outcome = await resolved(services, templateId, strategy, conflict);
    const told = `${strategy} answers ${JSON.stringify(outcome)}`;
    if (outcome.kind !== "resolved") {
      expect(warning?.startsWith("is ") === true, `${told}, ${warning}`);
      continue;
    }
    expect(isSame(outcome.discardedOps, discardedOps), `${told}, not ${discardedOps.join()}`);
    const kept = mine.map(({ id }) => id).filter((id) => !discardedOps.includes(id));
    expect(
      isSame(
        outcome.operations.map(({ id }) => id),
        kept,
      ),
      `${told}, not ${kept.join()}`,
    );
    for (const id of [...discardedOps, ...overriddenOps]) {
      expect(warning?.includes(id) === true || warning?.includes("more") === true, `${warning}`);
    }
    const result = await currentDesign(services, templateId);
    results.set(strategy, result);
    if (strategy === "CLIENT_WINS") checkOverridden(conflict, head, result, overriddenOps);
    else expect(overriddenOps.length === 0, "SERVER_WINS overrides nothing");
    if (strategy === "CLIENT_WINS") checkRestored(conflict, head, result);
    else checkKept(conflict, new Set(discardedOps), head, result);
  }
  if (autoMerge.available) {
    for (const result of results.values()) {
      expect(canonicalJson(result) === canonicalJson(autoMerge.preview()!), "the preview differs");
    }
  }
  return collisions.length > 0 ? 1 : 0;
}

/** A template on which both sides met; undefined where one of them is nothing that a client could send. */
async function opened(services: MemorySetup, { design, theirs, mine }: Conflict) {
  const made = await createTemplate(services, author, { name: "Conflict", designData: design });
  if (made.kind !== "created") throw new Error(made.message);
  const { templateId } = made;
  const first = { templateId, baseVersion: 1, operations: theirs, onConflict: "FORCE" } as const;
  const committed = await applyOperations(services, author, first);
  if (committed.kind !== "applied") return undefined;
  const second = { templateId, baseVersion: 1, operations: mine, onConflict: "REJECT" } as const;
  const conflict = await applyOperations(services, author, second);
  if (conflict.kind !== "versionConflict") return undefined;
  return { templateId, conflict, head: await currentDesign(services, templateId) };
}

function resolved(
  services: MemorySetup,
  templateId: string,
  resolution: VersionConflict["strategies"][number]["strategy"],
  { theirs, mine: clientOperations }: Conflict,
): Promise<ResolveConflictOutcome> {
  const headVersion = 1 + theirs.length;
  const input = { templateId, baseVersion: 1, headVersion, resolution, clientOperations };
  return resolveConflict(services, author, input);
}

/** What later operations of the same kinds merge with. */
const blends = /MOVE|RESIZE|ROTATE|EDIT_TEXT|EXTEND_STROKE/;

/** What others did and is otherwise after CLIENT_WINS is announced; what is announced is otherwise, or was set anew. */
function checkOverridden(
  { design, theirs, mine }: Conflict,
  head: Design,
  result: Design,
  announced: readonly string[],
): void {
  const [atHead, atEnd] = [nodesOf(head), nodesOf(result)];
  const differs = (path: string, name: string) =>
    canonicalJson(atHead.get(path)?.[name] ?? null) !==
    canonicalJson(atEnd.get(path)?.[name] ?? null);
  const set = new Set(mine.flatMap(written));
  const named = new Set(mine.flatMap(namesOf));
  let before = design;
  for (const operation of theirs) {
    const next = after(before, operation as OperationContent);
    const touched = changes(before, next);
    before = next;
    const lost = touched.filter(([path, name]) => {
      if (name === undefined) {
        const [kept, undone] = nodesOf(next).has(path) ? [atHead, atEnd] : [atEnd, atHead];
        return kept.has(path) && !undone.has(path);
      }
      if (!atHead.has(path) || !atEnd.has(path)) return atHead.has(path);
      const merges = blends.test(operation.type) && !set.has(`${path}: ${name}`);
      return differs(path, name) && !merges;
    });
    expect(
      lost.length === 0 || announced.includes(operation.id),
      `${operation.id} loses ${JSON.stringify(lost)}, announced ${announced.join()}`,
    );
    if (!announced.includes(operation.id)) continue;
    const isTouched =
      // Of what is added to a page or layer that others deleted and made anew the rows do not tell that it is new.
      mine.some(({ type, target }) => isAddition(type) && isIn(target, operation)) ||
      namesOf(operation).some((key) => named.has(key)) ||
      // Clearing a page sets the group of what leaves it, which no payload names.
      touched.some(([path, name]) => name !== undefined && set.has(`${path}: ${name}`)) ||
      [...touched, [pathOf(operation.target), undefined] as const].some(
        ([path]) =>
          canonicalJson(atHead.get(path) ?? null) !== canonicalJson(atEnd.get(path) ?? null),
      );
    expect(isTouched, `${operation.id} loses nothing`);
  }
}

/** What an operation sets, whatever it was. */
function written(operation: OperationInput): string[] {
  const { type, payload } = operation;
  const isSet = type.startsWith("UPDATE_") || Object.hasOwn(payload ?? {}, "from");
  return isSet || type === "REORDER_ELEMENT" ? namesOf(operation) : [];
}

/** What it changes by name. */
function namesOf({ type, target, payload }: OperationInput): string[] {
  const names = type === "EDIT_TEXT" ? ["text"] : Object.keys(payload ?? {});
  if (type.startsWith("ADD_")) return [pathOf(target)];
  return names.map((name) => `${pathOf(target)}: ${name === "afterId" ? "order" : name}`);
}

type Change = readonly [path: string, name: string | undefined];

/** The nodes that came, went, or changed, with the properties that did. */
function changes(before: Design, next: Design): Change[] {
  const [was, is] = [nodesOf(before), nodesOf(next)];
  return [...new Set([...was.keys(), ...is.keys()])].flatMap((path): Change[] => {
    const [old, now] = [was.get(path), is.get(path)];
    if (old === undefined || now === undefined) return [[path, undefined]];
    const names = [...new Set([...Object.keys(old), ...Object.keys(now)])];
    return names
      .filter((name) => canonicalJson(old[name] ?? null) !== canonicalJson(now[name] ?? null))
      .map((name): Change => [path, name]);
  });
}

/** CLIENT_WINS brings back what the operations are about, with what was in it, and what that needs: nothing else. */
function checkRestored({ design, theirs, mine }: Conflict, head: Design, result: Design): void {
  const allowed = new Set<string>();
  let at = design;
  for (const operation of theirs) {
    for (const { type, target, payload } of mine) {
      const { parentId } = (payload ?? {}) as { readonly parentId?: string };
      for (const path of around(at, target)) allowed.add(path);
      for (const path of around(at, { ...target, elementId: parentId ?? null })) allowed.add(path);
      if (!isAddition(type)) for (const path of inside(at, target)) allowed.add(path);
    }
    at = after(at, operation as OperationContent);
  }
  at = design;
  for (const operation of mine) {
    const { type, target, payload } = operation;
    const next = after(at, operation as OperationContent);
    for (const seen of [at, next]) {
      for (const path of around(seen, target)) allowed.add(path);
      if (!isAddition(type)) for (const path of inside(seen, target)) allowed.add(path);
      const parentId = (payload as { parentId?: string } | null)?.parentId;
      if (typeof parentId !== "string") continue;
      for (const path of around(seen, { ...target, elementId: parentId })) allowed.add(path);
    }
    at = next;
  }
  const there = nodesOf(head);
  for (const path of nodesOf(result).keys()) {
    expect(there.has(path) || allowed.has(path), `${path} came back`);
  }
}

/**
 * What SERVER_WINS keeps of a batch goes on from nothing that it drops, and deletes nothing that the whole batch would
 * have kept.
 */
function checkKept(
  { design, mine }: Conflict,
  dropped: ReadonlySet<string>,
  head: Design,
  result: Design,
): void {
  let whole = design;
  const lost = new Set<string>();
  for (const operation of mine) {
    whole = after(whole, operation as OperationContent);
    const values = namesOf(operation).filter((name) => /: (text|points)$/.test(name));
    if (dropped.has(operation.id)) for (const name of values) lost.add(name);
    else if (/EDIT_TEXT|EXTEND_STROKE/.test(operation.type)) {
      const goesOn = values.filter((name) => lost.has(name));
      expect(goesOn.length === 0, `${operation.id} goes on from what was dropped`);
    }
  }
  const [kept, before, left] = [nodesOf(whole), nodesOf(head), nodesOf(result)];
  for (const path of nodesOf(design).keys()) {
    const isGone = before.has(path) && !left.has(path);
    expect(!kept.has(path) || !isGone, `${path} is gone`);
  }
}

/** Whether it adds something in something that is there. */
function isAddition(type: OperationType): boolean {
  return type === "ADD_ELEMENT" || type === "ADD_AUDIO_CLIP";
}

type Target = OperationInput["target"];

/** Whether the operation deletes the page or layer that the target is on. */
function isIn({ pageId, audioLayerId }: Target, { type, target }: OperationInput): boolean {
  return type === "DELETE_PAGE"
    ? target.pageId === pageId
    : type === "DELETE_AUDIO_LAYER" && target.audioLayerId === audioLayerId;
}

function pathOf({ pageId, elementId, audioLayerId, clipId }: Target): string {
  if (pageId != null) return elementId == null ? pageId : `${pageId} / ${elementId}`;
  if (audioLayerId == null) return "canvas";
  return clipId == null ? `layer ${audioLayerId}` : `layer ${audioLayerId} / ${clipId}`;
}

/** The node and what is around it. */
function around(design: Design, { pageId, elementId, audioLayerId, clipId }: Target): string[] {
  if (pageId == null) {
    return [
      pathOf({ audioLayerId: audioLayerId ?? null }),
      pathOf({ audioLayerId, clipId } as Target),
    ];
  }
  const elements = design.pages.find(({ id }) => id === pageId)?.elements ?? [];
  const paths = [pageId];
  for (let id = elementId; id != null;) {
    paths.push(`${pageId} / ${id}`);
    const current: string = id;
    id = elements.find((element) => element.id === current)?.["parentId"] as string | undefined;
  }
  return paths;
}

/** What is in the node, at any depth. */
function inside(design: Design, target: Target): string[] {
  const { pageId, elementId } = target;
  if (pageId == null) {
    const start = `${pathOf(target)} / `;
    return [...nodesOf(design).keys()].filter((path) => path.startsWith(start));
  }
  const elements = design.pages.find(({ id }) => id === pageId)?.elements ?? [];
  return elements.flatMap(({ id }) =>
    elementId == null ||
    around(design, { pageId, elementId: id }).includes(`${pageId} / ${elementId}`)
      ? `${pageId} / ${id}`
      : [],
  );
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((id, index) => id === right[index]);
}

function expect(holds: boolean, otherwise: string): void {
  if (!holds) throw new LawBroken(otherwise);
}
