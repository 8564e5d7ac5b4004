/** The rectangle of a page that a client looks at: of a document it reads, or of changes it follows. */
import { GraphQLError } from "graphql";
import { partialDesign, type Viewport } from "../../domain/viewport/viewport.js";
import type { Design } from "../../domain/document/design.js";
import type { Page } from "../../domain/document/document.js";
import type { FollowedViewport } from "../../subscriptions/changes/followedViewport.js";
import { builder } from "../builder.js";

export const ViewportInput = builder.inputRef<FollowedViewport, false>("ViewportInput").implement({
  description: "A rectangle of one page, in canvas units.",
  fields: (t) => ({
    pageId: t.id({ required: true, description: "The page." }),
    x: t.float({ required: true, description: "The left edge." }),
    y: t.float({ required: true, description: "The upper edge." }),
    width: t.float({ required: true, description: "The width." }),
    height: t.float({ required: true, description: "The height." }),
    state: t.boolean({
      description:
        "For subscriptions: true if the client holds no document yet, or its viewport moved. The first event is then a RESYNC whose `designData` omits the elements that are not visible.",
    }),
  }),
});

/** What `designData(viewport:)` is, for the descriptions of its fields. */
export const VIEWPORT_DESCRIPTION =
  "With `viewport`: only the visible elements, and a member `viewport: { pageId, x, y, width, height, elementsLeftOut }` that marks the document as partial; a partial document is refused where a complete one is expected. Error BAD_USER_INPUT for a negative size.";

/** @throws GraphQLError BAD_USER_INPUT for a negative size */
export function checkViewport(viewport: Viewport | null | undefined): void {
  if (viewport != null && (viewport.width < 0 || viewport.height < 0)) {
    const message = "`viewport` must not have a negative size.";
    throw new GraphQLError(message, { extensions: { code: "BAD_USER_INPUT" } });
  }
}

/** The design, or what a viewport shows of it. */
export function designThrough(
  viewport: Viewport | null | undefined,
  design: Design,
  pageById?: (id: string) => Page | undefined,
): Design {
  if (viewport == null) return design;
  return partialDesign(viewport, design, pageById?.(viewport.pageId));
}
