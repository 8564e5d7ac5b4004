import { GraphQLError, GraphQLObjectType, GraphQLInt, GraphQLSchema, graphql } from "graphql";
import { describe, expect, test } from "vitest";
import { QueueFull, ShuttingDown, TemplateGone } from "../../src/live/liveTemplates.js";
import { badUserInput } from "../../src/schema/errors.js";
import { createMaskError } from "../../src/schema/maskError.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";

interface Report {
  readonly error: unknown;
  readonly errorId: string;
}

/** The error as a client sees it when a resolver throws, and what was reported. */
async function thrown(error: unknown): Promise<{ masked: GraphQLError; reports: Report[] }> {
  const reports: Report[] = [];
  const maskError = createMaskError((cause, errorId) => reports.push({ error: cause, errorId }));
  const query = new GraphQLObjectType({
    name: "Query",
    fields: {
      fail: {
        type: GraphQLInt,
        resolve: () => {
          throw error;
        },
      },
    },
  });
  const { errors } = await graphql({
    schema: new GraphQLSchema({ query }),
    source: "{ fail }",
  });
  return { masked: maskError(errors?.[0]) as GraphQLError, reports };
}

describe("errors on their way out", () => {
  test("API-30: an unexpected one says nothing but an id, under which it is reported", async () => {
    const secret = new Error('relation "users" of postgres://strata:secret@db');
    const { masked, reports } = await thrown(secret);
    expect(reports).toEqual([{ error: secret, errorId: expect.any(String) }]);
    expect(masked.toJSON()).toEqual({
      message: "Unexpected error.",
      locations: [{ line: 1, column: 3 }],
      path: ["fail"],
      extensions: { code: "INTERNAL_SERVER_ERROR", errorId: reports[0]?.errorId },
    });
    expect(masked.originalError).toBeUndefined();
    expect(masked.stack).not.toContain("secret");
  });

  test.each(["text", undefined, null, { message: "secret" }])(
    "API-30: thrown values that are no errors are hidden too: %j",
    async (value) => {
      const { masked, reports } = await thrown(value);
      expect(masked.extensions["code"]).toBe("INTERNAL_SERVER_ERROR");
      expect(JSON.stringify(masked)).not.toContain("secret");
      expect(reports).toHaveLength(1);
    },
  );

  test.each([
    [new StorageUnavailable(2_000), 2_000],
    [new QueueFull(300), 300],
    [new ShuttingDown("stopping"), 1_000],
  ])("API-31: %s says when to try again", async (error, retryAfterMs) => {
    const { masked, reports } = await thrown(error);
    expect(masked.extensions).toEqual({ code: "UNAVAILABLE", retryAfterMs });
    expect(reports).toEqual([]);
  });

  test("API-31: a template that went away meanwhile is not found", async () => {
    const { masked } = await thrown(new TemplateGone("template 1"));
    expect(masked.extensions).toEqual({ code: "NOT_FOUND" });
    expect(masked.message).not.toContain("1");
  });

  test("API-32: what is meant for clients passes", async () => {
    const { masked, reports } = await thrown(badUserInput("`first` must be smaller."));
    expect(masked.message).toBe("`first` must be smaller.");
    expect(masked.extensions).toEqual({ code: "BAD_USER_INPUT" });
    expect(masked.path).toEqual(["fail"]);
    expect(reports).toEqual([]);
  });
});
