import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { accessPage } from "../../../scripts/accessPage.js";
import { actions, decideAccess } from "../../../src/domain/access/access.js";
import type { TemplateAccess, Viewer } from "../../../src/domain/access/access.js";
import {
  effectiveGrant,
  noGrant,
  unrestricted,
  type Claim,
  type Restriction,
} from "../../../src/domain/access/grant.js";

const anonymous: Viewer = { kind: "anonymous" };
const author: Viewer = { kind: "user", userId: "author" };
const other: Viewer = { kind: "user", userId: "other" };

const secret: TemplateAccess = {
  ...{ authorId: "author", isPublic: false, deleted: false },
  grant: noGrant,
};
const open: TemplateAccess = { ...secret, isPublic: true };

/** One letter per action, in the order of `actions`: y for yes, f for forbidden, n for not found. */
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
    ["ACC-1 the author does everything with a private one", author, secret, "yyyyyyyyyy"],
    ["ACC-1 the author does everything with a public one", author, open, "yyyyyyyyyy"],
    ["ACC-2 others view and duplicate a public one", other, open, "yyffffffff"],
    ["ACC-3 a private one does not exist for others", other, secret, "nnnnnnnnnn"],
    ["ACC-4 a public one does not exist for anonymous viewers", anonymous, open, "nnnnnnnnnn"],
    ["ACC-4 a private one does not exist for anonymous viewers", anonymous, secret, "nnnnnnnnnn"],
    ["ACC-5 the author takes one out of the bin", author, { ...open, deleted: true }, "nnnnnnnnyn"],
    [
      "ACC-5 a public one in the bin does not exist for others",
      other,
      { ...open, deleted: true },
      "nnnnnnnnnn",
    ],
    [
      "ACC-6 one without an author belongs to nobody",
      other,
      { ...secret, authorId: null },
      "nnnnnnnnnn",
    ],
    [
      "ACC-6 a public one without an author is viewed still",
      other,
      { ...open, authorId: null },
      "yyffffffff",
    ],
    [
      "ACC-6 no author is not an anonymous viewer's",
      anonymous,
      { ...open, authorId: null },
      "nnnnnnnnnn",
    ],
  ] as const)("%s", (_name, viewer, template, expected) => {
    expect(answers(viewer, template)).toBe(expected);
  });

  const everywhere: Restriction = unrestricted;
  const onPageOne = { ...unrestricted, pageIds: ["p1"] };
  const textsOnly = { ...unrestricted, elementTypes: ["text"] };
  const granted = (...claims: Claim[]): TemplateAccess => ({
    ...secret,
    grant: effectiveGrant(claims),
  });
  const permission = (role: "VIEW" | "COMMENT" | "EDIT" | "ADMIN", where = everywhere): Claim => ({
    ...{ source: "permission", role },
    ...where,
  });

  test.each([
    ["ACC-10 VIEW views and duplicates", granted(permission("VIEW")), "yyffffffff"],
    ["ACC-10 COMMENT comments, too", granted(permission("COMMENT")), "yyyfffffff"],
    ["ACC-10 EDIT edits and describes, too", granted(permission("EDIT")), "yyyyyfyfff"],
    ["ACC-10 ADMIN does all but give it away", granted(permission("ADMIN")), "yyyyyyyyyf"],
    [
      "ACC-10 ADMIN gives away what has no author",
      { ...granted(permission("ADMIN")), authorId: null },
      "yyyyyyyyyy",
    ],
    [
      "ACC-11 of several the strongest holds",
      granted(permission("EDIT"), permission("VIEW")),
      "yyyyyfyfff",
    ],
    [
      "ACC-11 a weaker one than everybody has takes nothing away",
      { ...granted(permission("COMMENT")), isPublic: true },
      "yyyfffffff",
    ],
    ["ACC-12 members of the team edit", granted({ source: "team", role: "MEMBER" }), "yyyyyfyfff"],
    ["ACC-12 its admins administer", granted({ source: "team", role: "ADMIN" }), "yyyyyyyyyf"],
    ["ACC-12 and so does its owner", granted({ source: "team", role: "OWNER" }), "yyyyyyyyyf"],
    [
      "ACC-12 members of the project as they are there",
      granted({ source: "project", role: "COMMENT" }),
      "yyyfffffff",
    ],
    [
      "ACC-12 the project's owner administers",
      granted({ source: "project", role: "OWNER" }),
      "yyyyyyyyyf",
    ],
    [
      "ACC-14 who edits a part does not describe the whole",
      granted(permission("EDIT", textsOnly)),
      "yyyyffyfff",
    ],
    [
      "ACC-5 ADMIN takes one out of the bin",
      { ...granted(permission("ADMIN")), deleted: true },
      "nnnnnnnnyn",
    ],
    ["ACC-5 EDIT does not", { ...granted(permission("EDIT")), deleted: true }, "nnnnnnnnnn"],
  ] as const)("%s", (_name, template, expected) => {
    expect(answers(other, template)).toBe(expected);
    expect(answers(anonymous, template)).toBe("nnnnnnnnnn");
  });

  test("ACC-13 restrictions add up, and none counts beside a claim to edit without one", () => {
    const claims = [permission("EDIT", onPageOne), permission("EDIT", textsOnly)];
    expect(effectiveGrant(claims).restrictions).toEqual([onPageOne, textsOnly]);
    expect(effectiveGrant([...claims, permission("EDIT")]).restrictions).toEqual([]);
    expect(effectiveGrant([...claims, permission("VIEW")]).restrictions).toHaveLength(2);
    const member: Claim = { source: "team", role: "MEMBER" };
    expect(effectiveGrant([...claims, member])).toEqual({ role: "EDIT", restrictions: [] });
    expect(effectiveGrant([...claims, permission("ADMIN")]).restrictions).toEqual([]);
  });
});

test("ACC-10 docs/ACCESS.md is what the function says (npm run access:docs)", () => {
  expect(readFileSync("docs/ACCESS.md", "utf8")).toBe(accessPage());
});
