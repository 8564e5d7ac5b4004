import { describe, expect, it } from "vitest";
import { unavailableAfterMs, violatedUniqueIndex } from "../../src/storage/postgres/errors.js";

const withCode = (code: string, message = "m") => Object.assign(new Error(message), { code });

/** An error as Prisma wraps what its adapter reports. */
const fromPrisma = (code: string, cause: object) =>
  Object.assign(new Error("Raw query failed"), { code, meta: { driverAdapterError: { cause } } });

describe("STO-10 a database out of reach", () => {
  it.each([
    ["refused", withCode("ECONNREFUSED")],
    ["reset", withCode("ECONNRESET")],
    ["admin_shutdown", withCode("57P01")],
    ["cannot_connect_now", withCode("57P03")],
    ["connection exception", withCode("08006")],
    ["too many connections", withCode("53300")],
    ["statement timeout", withCode("57014")],
    ["Prisma cannot reach", withCode("P1001")],
    ["Prisma timed out", withCode("P1008")],
    ["connection closed", withCode("P1017")],
    ["no connection free", withCode("P2024")],
    ["transaction too long", withCode("P2028")],
    ["wrapped shutdown", fromPrisma("P2010", { kind: "postgres", originalCode: "57P01" })],
    ["wrapped closed port", fromPrisma("P2010", { kind: "DatabaseNotReachable" })],
    ["wrapped reset", fromPrisma("P2010", { kind: "ConnectionClosed" })],
    ["wrapped in causes", new Error("outer", { cause: withCode("ETIMEDOUT") })],
    ["pg lost its connection", new Error("Connection terminated unexpectedly")],
    ["pool exhausted", new Error("timeout exceeded when trying to connect")],
    ["no answer", new Error("Query read timeout")],
    ["several addresses refused", Object.assign(new AggregateError([]), { code: "ECONNREFUSED" })],
  ])("is known by: %s", (_name, error) => {
    expect(unavailableAfterMs(error)).toBeGreaterThan(0);
  });

  it.each([
    ["syntax error", withCode("42601")],
    ["unique violation", withCode("23505")],
    ["Prisma validation", withCode("P2025")],
    ["wrapped syntax error", fromPrisma("P2010", { originalCode: "42601" })],
    ["a mistake of ours", new TypeError("x is not a function")],
    ["no error at all", "text"],
    ["nothing", undefined],
  ])("is not: %s", (_name, error) => {
    expect(unavailableAfterMs(error)).toBeUndefined();
  });

  it("is looked for without end in causes that lead in a circle", () => {
    const error = new Error("a");
    error.cause = error;
    expect(unavailableAfterMs(error)).toBeUndefined();
  });
});

it("STO-3 names the index that was violated", () => {
  const cause = { originalCode: "23505", constraint: { index: "template_operations_3_pkey" } };
  expect(violatedUniqueIndex(fromPrisma("P2010", cause))).toBe("template_operations_3_pkey");
  expect(violatedUniqueIndex(withCode("23503"))).toBeUndefined();
});
