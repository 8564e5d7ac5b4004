import { describe, expect, test } from "vitest";
import { decideAccess } from "../../../src/domain/access/access.js";
import type { Action, TemplateAccess, Viewer } from "../../../src/domain/access/access.js";

const anonymous: Viewer = { kind: "anonymous" };
const author: Viewer = { kind: "user", userId: "author" };
const other: Viewer = { kind: "user", userId: "other" };
const actions: readonly Action[] = ["view", "edit", "duplicate", "delete", "govern", "audit"];

const secret: TemplateAccess = { authorId: "author", isPublic: false, deleted: false };
const open: TemplateAccess = { ...secret, isPublic: true };

/** One letter per action: y for yes, f for forbidden, n for not found. */
function answers(viewer: Viewer, template: TemplateAccess): string {
  return actions
    .map((action) => {
      const decision = decideAccess(viewer, action, template);
      if (decision.allowed) return "y";
      return decision.visible ? "f" : "n";
    })
    .join("");
}

describe("access to a template", () => {
  test.each([
    ["ACC-1 the author does everything with a private one", author, secret, "yyyyyy"],
    ["ACC-1 the author does everything with a public one", author, open, "yyyyyy"],
    ["ACC-2 others view and duplicate a public one", other, open, "yfyfff"],
    ["ACC-3 a private one does not exist for others", other, secret, "nnnnnn"],
    ["ACC-4 a public one does not exist for anonymous viewers", anonymous, open, "nnnnnn"],
    ["ACC-4 a private one does not exist for anonymous viewers", anonymous, secret, "nnnnnn"],
    ["ACC-5 the author takes one out of the bin", author, { ...open, deleted: true }, "nnnynn"],
    [
      "ACC-5 a public one in the bin does not exist for others",
      other,
      { ...open, deleted: true },
      "nnnnnn",
    ],
    [
      "ACC-6 one without an author belongs to nobody",
      other,
      { ...secret, authorId: null },
      "nnnnnn",
    ],
    [
      "ACC-6 a public one without an author is viewed still",
      other,
      { ...open, authorId: null },
      "yfyfff",
    ],
    [
      "ACC-6 no author is not an anonymous viewer's",
      anonymous,
      { ...open, authorId: null },
      "nnnnnn",
    ],
  ] as const)("%s", (_name, viewer, template, expected) => {
    expect(answers(viewer, template)).toBe(expected);
  });
});
