import { describe, expect, test } from "vitest";
import type { AccessRole } from "../../../src/domain/access/grant.js";
import {
  decideProjectAccess,
  projectRoleOf,
  type ProjectAction,
  type ProjectStanding,
} from "../../../src/domain/access/projectAccess.js";
import {
  decideTeamAccess,
  type TeamAction,
  type TeamStanding,
} from "../../../src/domain/access/teamAccess.js";

const team: TeamStanding = {
  ownerId: "owner",
  members: new Map([
    ["admin", "ADMIN"],
    ["member", "MEMBER"],
  ]),
  hasAdmins: true,
};
const teamActions: readonly TeamAction[] = ["view", "place", "manage", "own"];
const projectActions: readonly ProjectAction[] = ["view", "place", "manage", "own"];

/** One letter per action: y for yes, f for forbidden, n for not found. */
function inTeam(userId: string, standing = team): string {
  return teamActions.map((action) => letter(decideTeamAccess(userId, action, standing))).join("");
}

function inProject(userId: string, standing: ProjectStanding): string {
  return projectActions
    .map((action) => letter(decideProjectAccess(userId, action, standing)))
    .join("");
}

function letter(decision: ReturnType<typeof decideTeamAccess>): string {
  if (decision.allowed) return "y";
  return decision.visible ? "f" : "n";
}

describe("access to a team", () => {
  test.each([
    ["owner", "yyyy"],
    ["admin", "yyyf"],
    ["member", "yyff"],
    ["stranger", "nnnn"],
  ])("TEAM-1 TEAM-2 of the %s", (userId, expected) => {
    expect(inTeam(userId)).toBe(expected);
  });

  test("TEAM-2 without an owner its admins stand in, without these its members", () => {
    expect(inTeam("admin", { ...team, ownerId: null })).toBe("yyyy");
    expect(inTeam("member", { ...team, ownerId: null })).toBe("yyff");
    const left = { ownerId: null, members: new Map([["member", "MEMBER"]] as const) };
    expect(inTeam("member", { ...left, hasAdmins: false })).toBe("yyyy");
    expect(inTeam("stranger", { ...left, hasAdmins: false })).toBe("nnnn");
  });
});

describe("access to a project", () => {
  const members = new Map<string, AccessRole>([
    ["viewer", "VIEW"],
    ["commenter", "COMMENT"],
    ["editor", "EDIT"],
    ["administrator", "ADMIN"],
    ["member", "VIEW"],
  ]);
  const own: ProjectStanding = { ownerId: "ada", members, team: null };
  const ofTeam: ProjectStanding = { ...own, team };

  test.each([
    ["ada", "yyyy"],
    ["administrator", "yyyf"],
    ["editor", "yyff"],
    ["commenter", "yfff"],
    ["viewer", "yfff"],
    ["stranger", "nnnn"],
  ])("TEAM-20 of %s in one of no team", (userId, expected) => {
    expect(inProject(userId, own)).toBe(expected);
  });

  test.each([
    ["ada", "yyyy"],
    ["owner", "yyyy"],
    ["admin", "yyyy"],
    ["member", "yyff"],
    ["viewer", "yfff"],
    ["stranger", "nnnn"],
  ])("TEAM-20 of %s in one of a team, where the strongest reason counts", (userId, expected) => {
    expect(inProject(userId, ofTeam)).toBe(expected);
  });

  test("TEAM-20 without an owner one of no team is its administrators'", () => {
    expect(inProject("administrator", { ...own, ownerId: null })).toBe("yyyy");
    expect(inProject("administrator", { ...ofTeam, ownerId: null })).toBe("yyyf");
    expect(projectRoleOf("editor", { ...own, ownerId: null })).toBe("EDIT");
  });
});
