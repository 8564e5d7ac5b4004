import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";

/** What a program that logs the error writes to standard error. */
function logged(expression: string): { readonly error: unknown } {
  const program = `
    import { createLogger } from "./src/platform/logging.ts";
    createLogger("info").warn({ error: ${expression} }, "a test");`;
  const { stderr } = spawnSync(
    process.execPath,
    ["--import", "tsx", "--input-type=module", "-e", program],
    { encoding: "utf8" },
  );
  return JSON.parse(stderr) as { readonly error: unknown };
}

test("an error is logged with code and causes, and not with the connection that it carries", () => {
  const { error } = logged(`Object.assign(
    new Error("outer", { cause: Object.assign(new TypeError("inner"), { options: { password: "secret" } }) }),
    { code: "57P01", client: { connectionParameters: { password: "secret" } } },
  )`);
  expect(error).toMatchObject({
    type: "Error",
    message: "outer",
    code: "57P01",
    cause: { type: "TypeError", message: "inner" },
  });
  expect(Object.keys(error as object).toSorted()).toEqual([
    "cause",
    "code",
    "message",
    "stack",
    "type",
  ]);
});

test("what is thrown without being an error is logged as text", () => {
  expect(logged('"only a text"').error).toBe("only a text");
});
