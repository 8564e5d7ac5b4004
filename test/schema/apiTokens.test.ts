/** Tokens for programs, and what the schema lets them do. */
import { createHash } from "node:crypto";
import {
  getNamedType,
  isInterfaceType,
  isNonNullType,
  isUnionType,
  type GraphQLField,
  type GraphQLSchema,
} from "graphql";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Viewer } from "../../src/domain/access/access.js";
import type { Scope } from "../../src/domain/access/viewer.js";
import { buildSchema } from "../../src/schema/build.js";
import type { GraphQLContext } from "../../src/schema/context.js";
import { startApi, type Api, type Client } from "./api.js";

const CREATE = `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) {
  __typename
  ... on ApiTokenCreated { token apiToken { id name scopes createdAt expiresAt lastUsedAt } }
  ... on RequestError { code message path } } }`;
const REVOKE = `mutation ($id: ID!) { revokeApiToken(input: { id: $id }) {
  __typename ... on ApiTokenRevoked { id } ... on RequestError { code path } } }`;
const LIST = "{ viewer { apiTokens { id name scopes lastUsedAt } } }";
const DAY_MS = 86_400_000;

let api: Api;
let ada: Client;
beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
afterAll(() => api.stop());

const inDays = (days: number) => new Date(Date.now() + days * DAY_MS).toISOString();

async function create(client: Client, change: object = {}) {
  const input = { name: "CI", scopes: ["READ"], expiresAt: inDays(30), ...change };
  return (await client.data(CREATE, { input })).createApiToken;
}

describe("API tokens", () => {
  test("AUTH-30: one is shown when it is made, and never again", async () => {
    const bob = await api.signUp("Bob");
    const made = await create(bob, { name: " CI ", scopes: ["WRITE", "READ", "READ"] });
    expect(made.token).toMatch(/^strata_[\w-]{43}$/);
    expect(made.apiToken).toMatchObject({
      name: "CI",
      scopes: ["READ", "WRITE"],
      lastUsedAt: null,
    });
    const { id, name, scopes, lastUsedAt } = made.apiToken;
    expect(await bob.data(LIST)).toEqual({
      viewer: { apiTokens: [{ id, name, scopes, lastUsedAt }] },
    });
    const row = await api.prisma.apiToken.findUniqueOrThrow({ where: { id } });
    const hash = createHash("sha256").update(made.token).digest("hex");
    expect(Buffer.from(row.tokenHash).toString("hex")).toBe(hash);
    expect(await api.services.accounts.verify(made.token)).toMatchObject({
      userId: bob.id,
      scopes: ["READ", "WRITE"],
    });
  });

  test.each([
    ["name", { name: "  " }],
    ["name", { name: "x".repeat(201) }],
    ["name", { name: "\u0000" }],
    ["scopes", { scopes: [] }],
    ["expiresAt", { expiresAt: inDays(-1) }],
    ["expiresAt", { expiresAt: inDays(367) }],
  ])("AUTH-32: a %s that cannot be is refused by its field (%#)", async (path, change) => {
    expect(await create(ada, change)).toMatchObject({ code: "INVALID_INPUT", path: [path] });
    expect((await ada.data(LIST)).viewer.apiTokens).toEqual([]);
  });

  test("AUTH-32: a person has so many and no more", async () => {
    const eve = await api.signUp("Eve");
    const max = api.services.accounts.settings.apiTokensPerUserMax;
    for (let count = 0; count < max; count += 1) await create(eve);
    expect(await create(eve)).toMatchObject({ code: "RATE_LIMITED" });
  });

  test("AUTH-31: only its person sees and revokes it", async () => {
    const [carl, dora] = [await api.signUp("Carl"), await api.signUp("Dora")];
    const { token, apiToken } = await create(carl);
    const { id } = apiToken;
    const notFound = { __typename: "RequestError", code: "NOT_FOUND", path: ["id"] };
    expect((await dora.data(REVOKE, { id })).revokeApiToken).toEqual(notFound);
    expect((await dora.data(REVOKE, { id: "no id" })).revokeApiToken).toEqual(notFound);
    expect((await api.anonymous.data(REVOKE, { id })).revokeApiToken.code).toBe("UNAUTHENTICATED");
    const templateId = await carl.createTemplate({ name: "Public", isPublic: true });
    const source = `{ template(id: "${templateId}") { author { apiTokens { id } } } }`;
    expect((await dora.data(source)).template.author).toEqual({ apiTokens: null });
    const revoked = { __typename: "ApiTokenRevoked", id };
    expect((await carl.data(REVOKE, { id })).revokeApiToken).toEqual(revoked);
    expect((await carl.data(REVOKE, { id })).revokeApiToken).toEqual(notFound);
    expect(await api.services.accounts.verify(token)).toBeUndefined();
  });

  test("AUTH-31: whoever comes with one does not see the list", async () => {
    await create(ada);
    const withToken = api.as(ada.id, ["READ", "WRITE"]);
    expect(await withToken.data(LIST)).toEqual({ viewer: { apiTokens: null } });
  });
});

type Root = "query" | "mutation" | "subscription";

/** The queries about accounts of others, which administrators sign in for. */
const queriesForSignedIn = ["account", "accounts"];

/** What accounts and tokens are managed by; all else that changes something needs WRITE. */
const forSignedIn = [
  "changeEmail",
  "changePassword",
  "createAccount",
  "createApiToken",
  "confirmEmail",
  "createPasswordReset",
  "createServiceAccount",
  "deleteAccount",
  "deleteServiceAccount",
  "disableAccount",
  "enableAccount",
  "eraseAccount",
  "revokeApiToken",
  "signOutAccount",
  "signOutEverywhere",
  "updateProfile",
];
const forEverybody = [
  "openAsGuest",
  "refreshSession",
  "resetPassword",
  "signIn",
  "signOut",
  "signUp",
];

describe("scopes", () => {
  const schema = buildSchema();

  function fields(root: Root): readonly GraphQLField<unknown, GraphQLContext>[] {
    const types = {
      query: schema.getQueryType(),
      mutation: schema.getMutationType(),
      subscription: schema.getSubscriptionType(),
    };
    return Object.values(types[root]?.getFields() ?? {});
  }

  /** Whether the field's resolver is reached by whoever has these scopes: it stumbles over a context that holds nothing. */
  async function reaches(field: GraphQLField<unknown, GraphQLContext>, scopes: Scope[]) {
    const viewer: Viewer = { kind: "user", userId: "ada", scopes };
    const audit = { follow: (_k: unknown, _r: unknown, _a: unknown, run: () => unknown) => run() };
    const context = {
      viewer,
      origin: { address: "" },
      work: { countMutation: async () => ({ ok: true }) },
      services: new Proxy({ audit } as object, { get: (known, name) => Reflect.get(known, name) }),
    };
    const run = field.subscribe ?? field.resolve;
    try {
      const answer = await run?.({}, { input: {} }, context as never, {} as never);
      return (answer as { code?: string } | null)?.code !== "FORBIDDEN";
    } catch (error) {
      const { extensions } = error as { extensions?: { code?: string } };
      return extensions?.code !== "FORBIDDEN";
    }
  }

  async function reached(root: Root, scopes: Scope[]): Promise<string[]> {
    const names: string[] = [];
    for (const field of fields(root)) if (await reaches(field, scopes)) names.push(field.name);
    return names.sort();
  }

  const namesOf = (root: Root) => fields(root).map(({ name }) => name);
  const queriesForTokens = () =>
    namesOf("query").filter((name) => !queriesForSignedIn.includes(name));

  test("AUTH-30: READ reaches every query but those on accounts, every subscription, and of mutations those that need no proof", async () => {
    expect(await reached("query", ["READ"])).toEqual(queriesForTokens().sort());
    expect(namesOf("query")).toEqual(expect.arrayContaining(queriesForSignedIn));
    expect(await reached("subscription", ["READ"])).toEqual(namesOf("subscription").sort());
    expect(await reached("mutation", ["READ"])).toEqual(forEverybody);
  });

  test("AUTH-30: WRITE reaches every mutation but those on accounts and tokens", async () => {
    const others = namesOf("mutation").filter((name) => !forSignedIn.includes(name));
    expect(await reached("mutation", ["WRITE"])).toEqual(others.sort());
    expect(namesOf("mutation")).toEqual(expect.arrayContaining(forSignedIn));
    expect(await reached("query", ["WRITE"])).toEqual(queriesForTokens().sort());
  });

  test("AUTH-30: a token without scopes reaches nothing", async () => {
    expect(await reached("query", [])).toEqual([]);
    expect(await reached("subscription", [])).toEqual([]);
    expect(await reached("mutation", [])).toEqual(forEverybody);
  });

  test("AUTH-30: every mutation can answer the refusal", () => {
    for (const { name, type } of fields("mutation")) {
      const result = getNamedType(type);
      expect(isNonNullType(type), name).toBe(true);
      expect(memberNames(schema, result), name).toContain("RequestError");
    }
  });
});

function memberNames(schema: GraphQLSchema, type: ReturnType<typeof getNamedType>): string[] {
  if (isUnionType(type)) return type.getTypes().map(({ name }) => name);
  if (isInterfaceType(type)) return schema.getPossibleTypes(type).map(({ name }) => name);
  return [];
}
