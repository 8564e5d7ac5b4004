/** A client that follows a template with a viewport, as docs/PROTOCOL.md says, and what the server's document shows there. */
import type { Design, DesignElement, DesignPage } from "../../src/domain/document/design.js";
import { documentOf } from "../../src/domain/document/fromDesign.js";
import { designOf } from "../../src/domain/document/toDesign.js";
import { unbounded } from "../../src/domain/limits.js";
import { applyOperation } from "../../src/domain/operations/registry.js";
import type { SharedChange } from "../../src/subscriptions/changes/sharedChange.js";
import type { FollowedViewport } from "../../src/subscriptions/changes/followedViewport.js";
import { shownOnPage } from "./viewportOracle.js";

export class ViewportFollower {
  version: number;

  constructor(
    readonly viewport: FollowedViewport,
    public design: Design,
    version: number,
  ) {
    this.version = version;
  }

  take(change: SharedChange): void {
    if (change.fromVersion !== this.version) {
      throw new Error(`event ${change.fromVersion}..${change.toVersion} after ${this.version}`);
    }
    this.version = change.toVersion;
    if (change.kind === "RESYNC") this.design = change.designData!;
    if (change.kind !== "OPERATIONS") return;
    const { entered = [], left = [], complete = false } = change.viewport ?? {};
    const told = new Set([...left, ...entered.map(({ element }) => element.id)]);
    let document = documentOf(this.design);
    for (const operation of change.operations) {
      const { elementId } = operation.target;
      if (elementId !== undefined && told.has(elementId)) continue;
      const applied = applyOperation(document, operation, unbounded);
      // Only without knowledge of the viewport, and then a complete one follows.
      if (applied.ok) document = applied.value;
      else if (change.viewport?.complete === false)
        throw new Error(`${operation.type} is on nothing`);
    }
    this.design = designOf(document);
    this.#edit((elements) => {
      let next = complete ? [] : elements.filter(({ id }) => !told.has(id));
      for (const { element, afterElementId } of entered) {
        const below = next.findIndex(({ id }) => id === afterElementId);
        if (afterElementId !== null && below < 0) throw new Error(`${element.id} is above nothing`);
        next = next.toSpliced(below + 1, 0, element);
      }
      return next;
    });
  }

  /** What the client holds of what the viewport shows; one that began with nothing holds nothing else. */
  shows(serverDesign: Design): readonly DesignElement[] {
    const elements = pageIn(this.design, this.viewport)?.elements ?? [];
    if (this.viewport.state === true) return elements;
    const shown = new Set(shownIn(serverDesign, this.viewport).map(({ id }) => id));
    const own = new Set(shownIn(this.design, this.viewport));
    return elements.filter((element) => shown.has(element.id) || own.has(element));
  }

  #edit(change: (elements: readonly DesignElement[]) => readonly DesignElement[]): void {
    const pages = this.design.pages.map((page) =>
      page.id === this.viewport.pageId ? { ...page, elements: change(page.elements) } : page,
    );
    this.design = { ...this.design, pages };
  }
}

function pageIn(design: Design, { pageId }: FollowedViewport): DesignPage | undefined {
  return design.pages.find(({ id }) => id === pageId);
}

/** The elements that show, told without the code under test. */
export function shownIn(design: Design, viewport: FollowedViewport): DesignElement[] {
  return shownOnPage(pageIn(design, viewport)?.elements ?? [], viewport);
}
