import { describe, expect, test } from "vitest";
import {
  decideScope,
  isLive,
  type CredentialNeed,
  type Standing,
} from "../../../src/domain/access/credentials.js";
import type { Scope } from "../../../src/domain/access/viewer.js";

const needs = ["nothing", "read", "write", "session"] as const satisfies readonly CredentialNeed[];

describe("credentials", () => {
  test.each<[readonly Scope[] | undefined, readonly CredentialNeed[]]>([
    [undefined, needs],
    [["READ"], ["nothing", "read"]],
    [["WRITE"], ["nothing", "read", "write"]],
    [
      ["READ", "WRITE"],
      ["nothing", "read", "write"],
    ],
    [[], ["nothing"]],
  ])("AUTH-30: of scopes %j exactly these needs are met: %j", (scopes, met) => {
    const viewer = { kind: "user", userId: "ada", ...(scopes && { scopes }) } as const;
    expect(needs.filter((need) => decideScope(viewer, need))).toEqual(met);
  });

  test("AUTH-30: nobody has no scopes: fields tell them themselves", () => {
    expect(needs.every((need) => decideScope({ kind: "anonymous" }, need))).toBe(true);
  });

  const standing: Standing = { listed: new Set(["a"]), validAfter: 1_000 };

  test.each([
    [{ kind: "listed", id: "a" }, standing, true],
    [{ kind: "listed", id: "b" }, standing, false],
    [{ kind: "listed", id: "a" }, undefined, false],
    [{ kind: "issued", at: 1_001 }, standing, true],
    [{ kind: "issued", at: 1_000 }, standing, false],
    [{ kind: "issued", at: 0 }, { ...standing, validAfter: null }, true],
    [{ kind: "issued", at: 0 }, undefined, false],
  ] as const)("AUTH-14: %j under %o holds: %s", (credential, standing, live) => {
    expect(isLive(credential, standing)).toBe(live);
  });
});
