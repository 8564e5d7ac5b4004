import { expect, test } from "vitest";
import { decideAdministration } from "../../../src/domain/access/administration.js";

const user = { kind: "user", userId: "u" } as const;

test("NODE-4 administrators, and nobody else", () => {
  expect(decideAdministration(user, "ADMIN")).toBe("allowed");
  expect(decideAdministration(user, "USER")).toBe("forbidden");
  expect(decideAdministration(user, undefined)).toBe("unauthenticated");
  expect(decideAdministration({ kind: "anonymous" }, "ADMIN")).toBe("unauthenticated");
});
