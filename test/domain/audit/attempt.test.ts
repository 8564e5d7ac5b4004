import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { actionOf, attemptOf, resourceKindOf } from "../../../src/domain/audit/attempt.js";
import { outcomeOf } from "../../../src/domain/audit/outcome.js";

describe("what the audit log takes of a request", () => {
  it("AUD-1 is the action, ids, versions, counts and choices", () => {
    const input = {
      templateId: "4f1c",
      snapshotId: "s:1",
      baseVersion: 7,
      clientId: "tab 1",
      batchId: "b",
      onConflict: "MERGE",
      isPublic: true,
      scopes: ["READ", "WRITE"],
      operations: [{ id: "a", payload: { secret: 1 } }, { id: "b" }],
    };
    expect(attemptOf("applyOperations", { input })).toEqual({
      action: "APPLY_OPERATIONS",
      clientId: "tab 1",
      resourceIds: { templateId: "4f1c", snapshotId: "s:1" },
      details: {
        baseVersion: 7,
        onConflict: "MERGE",
        isPublic: true,
        scopes: "READ,WRITE",
        operations: 2,
      },
    });
    expect(attemptOf("leaveTeam", { teamId: "t" }).resourceIds).toEqual({ teamId: "t" });
    expect(actionOf("signIn")).toBe("SIGN_IN");
  });

  it("AUD-1 is what a grant amounts to: its role, how much it is limited to, or that it was taken away", () => {
    const grant = (input: object) => attemptOf("setTemplatePermission", { input }).details;
    const limits = { pageIds: ["p"], elementTypes: ["text", "rect"] };
    expect(grant({ role: "EDIT", ...limits })).toEqual({
      role: "EDIT",
      pageIds: 1,
      elementTypes: 2,
    });
    for (const taken of [{}, { role: null }]) expect(grant(taken)).toEqual({ role: "NONE" });
  });

  it("AUD-1 is which permission was set for an address, and neither that nor its token", () => {
    const input = { templateId: "t", email: "ada@example.org", role: "VIEW" };
    const answer = { kind: "permissionSet", templateId: "t", permissionId: "p", isNews: true };
    const told = [
      attemptOf("setTemplatePermission", { input }),
      outcomeOf({ ...answer, token: "permission_secret" }),
    ];
    expect(told[1]).toMatchObject({ resourceIds: { templateId: "t", permissionId: "p" } });
    expect(JSON.stringify(told)).not.toMatch(/ada|secret/);
  });

  it("AUD-1 is nothing else that a client sends, whatever it is called", () => {
    const told = (input: object) => JSON.stringify(attemptOf("signIn", { input }));
    const secret = "correct horse battery staple";
    const fields = ["email", "password", "token", "sessionToken", "name", "reason", "designData"];
    for (const field of [...fields, "userId", "id", "role", "baseVersion", "operations"]) {
      for (const value of [secret, [secret], { a: secret }, `SELECT '${secret}'`]) {
        expect(told({ [field]: value })).not.toContain("horse");
      }
    }
    for (const clientId of ["a\0b", "\ud800", "x".repeat(201), 7, ""]) {
      expect(attemptOf("undo", { input: { clientId } }).clientId).toBeNull();
    }
  });

  it("AUD-1 is small and plain, however hostile the request", () => {
    const input = fc.dictionary(
      fc.oneof(fc.string(), fc.constantFrom("templateId", "aId", "bVersion", "role", "__proto__")),
      fc.anything({ withBigInt: true, withNullPrototype: true }),
      { maxKeys: 40 },
    );
    fc.assert(
      fc.property(input, (given) => {
        const attempt = attemptOf("undo", { input: given });
        expect(JSON.stringify(attempt).length).toBeLessThan(6_000);
        const details = Object.values(attempt.details).map((value) => typeof value);
        expect(details.every((type) => /string|number|boolean/.test(type))).toBe(true);
        expect(Object.keys(attempt.resourceIds).length).toBeLessThanOrEqual(16);
      }),
    );
  });

  it("AUD-1 says what it is about: what governs the rest", () => {
    expect(resourceKindOf({ commentId: "c", templateId: "t" })).toBe("template");
    expect(resourceKindOf({ userId: "u", teamId: "t" })).toBe("team");
    expect(resourceKindOf({ userId: "u" })).toBe("user");
    expect(resourceKindOf({ id: "x" })).toBeNull();
    expect(resourceKindOf({})).toBeNull();
  });
});

describe("what the audit log takes of an answer", () => {
  const operation = (resultingVersion: number) => ({
    id: `op ${resultingVersion}`,
    resultingVersion,
    payload: "contents",
  });
  const accepted = { result: "ACCEPTED", code: null };

  it("AUD-5 are the versions that it added", () => {
    const applied = {
      kind: "applied",
      templateId: "t",
      operations: [operation(3), operation(5), operation(4)],
      duplicateOps: ["op 3"],
      newVersion: 5,
    };
    expect(outcomeOf(applied)).toEqual({
      ...accepted,
      resourceIds: { templateId: "t" },
      details: { duplicates: 1, fromVersion: 3, toVersion: 5 },
    });
    const again = { ...applied, duplicateOps: ["op 3", "op 4", "op 5"] };
    expect(outcomeOf(again).details).toEqual({ duplicates: 3 });
    const reverted = { kind: "reverted", templateId: "t", revertedFrom: 9, newVersion: 12 };
    expect(outcomeOf(reverted).details).toEqual({ fromVersion: 9, toVersion: 12 });
    expect(outcomeOf({ ...reverted, newVersion: 9 }).details).toEqual({});
  });

  it("AUD-6 are refusals by their code", () => {
    const refusal = { result: "REFUSED", resourceIds: {}, details: {} };
    expect(outcomeOf({ kind: "refused", code: "LOCKED", message: "m", userId: "u" })).toEqual({
      ...refusal,
      resourceIds: { userId: "u" },
      code: "LOCKED",
    });
    expect(outcomeOf({ kind: "versionConflict", templateId: "t", operations: [] })).toEqual({
      ...refusal,
      code: "VERSION_CONFLICT",
    });
    for (const answer of [null, undefined, true, "x", []]) {
      expect(outcomeOf(answer)).toEqual({ ...accepted, resourceIds: {}, details: {} });
    }
  });
});
