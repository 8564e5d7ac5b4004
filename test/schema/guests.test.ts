/** Guests, who read without an account, and who used a share link, through the API. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;

beforeAll(async () => {
  api = await startApi();
  [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
});
afterAll(() => api.stop());
beforeEach(async () => {
  templateId = await ada.createTemplate({ name: "T" });
});

async function createLink(input: object = {}, by = ada) {
  const { createShareLink } = await by.data(
    `mutation ($input: CreateShareLinkInput!) { createShareLink(input: $input) {
      ... on ShareLinkCreated { shareLinkId token } ... on RequestError { code path } } }`,
    { input: { templateId, role: "VIEW", ...input } },
  );
  return createShareLink;
}

async function openAsGuest(input: object, by = api.anonymous) {
  const { openAsGuest: answer } = await by.data(
    `mutation ($input: OpenAsGuestInput!) { openAsGuest(input: $input) {
      ... on GuestSession { token templateId expiresAt } ... on RequestError { code path retryAfterMs } } }`,
    { input },
  );
  return answer;
}

async function update(input: object, by = ada) {
  const { updateTemplate } = await by.data(
    `mutation ($input: UpdateTemplateInput!) { updateTemplate(input: $input) {
      ... on TemplateUpdated { template { openToGuests isPublic } } ... on RequestError { code path } } }`,
    { input: { templateId, ...input } },
  );
  return updateTemplate;
}

async function guestOf(token: string): Promise<Client> {
  const proof = await api.services.guests.tokens.verify(token);
  return api.viewing(proof!.guest);
}

async function sees(client: Client): Promise<boolean> {
  return (await client.data(`{ template(id: "${templateId}") { id } }`)).template !== null;
}

async function links(fields: string, by = ada) {
  const { template } = await by.data(
    `{ template(id: "${templateId}") { guestCount shareLinks { ${fields} } } }`,
  );
  return template;
}

async function uses(shareLinkId: string, args = "", by = ada) {
  const { template } = await by.data(`{ template(id: "${templateId}") {
    shareLinkUses(shareLinkId: "${shareLinkId}"${args}) {
      nodes { user { id } useCount firstUsedAt lastUsedAt } pageInfo { hasNextPage endCursor } } } }`);
  return template?.shareLinkUses;
}

const accept = (token: string, by: Client) =>
  by.data(
    `mutation ($token: String!) { acceptShareLink(input: { token: $token }) { __typename } }`,
    { token },
  );

describe("GUEST-1 a share link", () => {
  test("lets nobody read without an account unless its maker said so", async () => {
    const { token } = await createLink();
    expect(await openAsGuest({ token })).toMatchObject({ code: "NOT_FOUND", path: ["token"] });
    expect(await links("openToGuests")).toMatchObject({ shareLinks: [{ openToGuests: false }] });
    for (const wrong of [
      "",
      "share_x",
      `share_${"x".repeat(43)}`,
      `invitation_${"x".repeat(43)}`,
    ]) {
      expect(await openAsGuest({ token: wrong })).toEqual(await openAsGuest({ token }));
    }
    for (const input of [{}, { token, templateId }]) {
      expect(await openAsGuest(input)).toMatchObject({ code: "INVALID_INPUT" });
    }
  });

  test("answers a token for its template alone, also to who is signed in", async () => {
    const { token } = await createLink({ openToGuests: true, role: "EDIT" });
    for (const by of [api.anonymous, bob]) {
      const opened = await openAsGuest({ token }, by);
      expect(opened).toMatchObject({ templateId, token: expect.stringMatching(/^guest_/) });
      const lifetimeMs = Date.parse(opened.expiresAt) - Date.now();
      expect(lifetimeMs).toBeLessThanOrEqual(900_000);
      expect(await sees(await guestOf(opened.token))).toBe(true);
      expect(await api.services.tokens.verify(opened.token.slice("guest_".length))).toBeUndefined();
    }
    expect(await sees(bob)).toBe(false);
  });
});

describe("GUEST-2 a public template", () => {
  test("lets guests in where who may share it said so", async () => {
    const by = { templateId };
    expect(await openAsGuest(by)).toMatchObject({ code: "NOT_FOUND", path: ["templateId"] });
    await update({ openToGuests: true });
    expect(await openAsGuest(by)).toMatchObject({ code: "NOT_FOUND" });
    expect(await update({ isPublic: true })).toEqual({
      template: { openToGuests: true, isPublic: true },
    });
    const { token } = await openAsGuest(by);
    const guest = await guestOf(token);
    expect(await sees(guest)).toBe(true);
    await update({ openToGuests: false });
    expect(await sees(guest)).toBe(false);
    await update({ openToGuests: true, isPublic: false });
    expect(await sees(guest)).toBe(false);
    expect(await openAsGuest({ templateId: randomUUID() })).toEqual(
      await openAsGuest({ templateId: "none" }),
    );
  });

  test("is opened by nobody who may only edit it, and a copy is closed", async () => {
    await ada.data(
      `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
      { input: { templateId, userId: bob.id, role: "EDIT" } },
    );
    expect(await update({ openToGuests: true }, bob)).toEqual({
      ...{ code: "FORBIDDEN", path: ["openToGuests"] },
    });
    expect(await update({ openToGuests: null })).toMatchObject({ code: "INVALID_INPUT" });
    await update({ openToGuests: true, isPublic: true });
    const { duplicateTemplate } = await bob.data(
      `mutation ($input: DuplicateTemplateInput!) { duplicateTemplate(input: $input) {
        ... on TemplateDuplicated { template { openToGuests isPublic } } } }`,
      { input: { templateId } },
    );
    expect(duplicateTemplate.template).toEqual({ openToGuests: false, isPublic: false });
  });
});

describe("GUEST-5 what guests see ends", () => {
  test.each([
    [
      "the link is revoked",
      (shareLinkId: string) =>
        ada.data(
          `mutation ($input: RevokeShareLinkInput!) { revokeShareLink(input: $input) { __typename } }`,
          { input: { templateId, shareLinkId } },
        ),
    ],
    [
      "the link runs out",
      (id: string) =>
        api.prisma.shareLink.updateMany({ where: { id }, data: { expiresAt: new Date(1) } }),
    ],
    ["the template goes to the bin", () => ada.deleteTemplate(templateId)],
  ])("where %s", async (_name, end) => {
    const { token, shareLinkId } = await createLink({ openToGuests: true });
    const guest = await guestOf((await openAsGuest({ token })).token);
    const other = await createLink({ openToGuests: true });
    expect(await sees(guest)).toBe(true);
    await end(shareLinkId);
    expect(await sees(guest)).toBe(false);
    expect(await openAsGuest({ token })).toMatchObject({ code: "NOT_FOUND" });
    expect(other.token).not.toBe(token);
  });
});

describe("GUEST-3 a server that lets no guests in", () => {
  test("opens nothing to them", async () => {
    const { token } = await createLink({ openToGuests: true });
    const { guests } = api.services;
    const set = (allowed: boolean) => Object.assign(guests.settings, { guests: allowed });
    try {
      set(false);
      expect(await openAsGuest({ token })).toMatchObject({ code: "FORBIDDEN" });
      const refusal = { code: "FORBIDDEN", path: ["openToGuests"] };
      expect(await createLink({ openToGuests: true })).toEqual(refusal);
      expect(await update({ openToGuests: true })).toEqual(refusal);
      expect(await createLink()).toHaveProperty("token");
      expect(await update({ openToGuests: false })).toHaveProperty("template");
    } finally {
      set(true);
    }
  });
});

describe("GUEST-6 guests are counted", () => {
  test("by template and link, bounded, and are nobody's collaborators", async () => {
    const { token } = await createLink({ openToGuests: true });
    await createLink({ openToGuests: true });
    await openAsGuest({ token });
    await openAsGuest({ token });
    expect(await links("guestCount guestUseCount lastGuestUseAt")).toEqual({
      guestCount: 2,
      shareLinks: [
        { guestCount: 0, guestUseCount: 0, lastGuestUseAt: null },
        { guestCount: 2, guestUseCount: 2, lastGuestUseAt: expect.any(String) },
      ],
    });
    const { template } = await ada.data(
      `{ template(id: "${templateId}") { collaborators { sessionId } permissions { role } } }`,
    );
    expect(template).toEqual({ collaborators: [], permissions: [] });
    const { settings } = api.services.guests;
    const before = settings.guestSessionsPerLinkMax;
    Object.assign(settings, { guestSessionsPerLinkMax: 2 });
    expect(await openAsGuest({ token })).toMatchObject({
      ...{ code: "RATE_LIMITED", retryAfterMs: expect.any(Number) },
    });
    Object.assign(settings, { guestSessionsPerLinkMax: before });
  });

  test("in as many queries however many links and templates there are", async () => {
    await createLink({ openToGuests: true });
    const read = () => links("id guestCount guestUseCount");
    const few = (await api.statements(read)).length;
    for (let count = 0; count < 3; count += 1) await createLink({ openToGuests: true });
    expect((await api.statements(read)).length).toBe(few);
    const list = (first: number) =>
      ada.data(`{ templates(first: ${first}) { nodes { guestCount } } }`);
    const one = (await api.statements(() => list(1))).length;
    expect((await api.statements(() => list(5))).length).toBe(one);
  });
});

describe("TEAM-33 who opened a link", () => {
  test("is known to who may share the template, in pages", async () => {
    const { token, shareLinkId } = await createLink();
    await accept(token, bob);
    const carol = await api.signUp("Carol");
    await accept(token, carol);
    await accept(token, bob);
    const { nodes } = await uses(shareLinkId);
    expect(nodes).toMatchObject([
      { user: { id: bob.id }, useCount: 2 },
      { user: { id: carol.id }, useCount: 1 },
    ]);
    const first = await uses(shareLinkId, ", first: 1");
    expect(first).toMatchObject({ nodes: [nodes[0]], pageInfo: { hasNextPage: true } });
    const next = await uses(shareLinkId, `, first: 1, after: "${first.pageInfo.endCursor}"`);
    expect(next).toMatchObject({ nodes: [nodes[1]], pageInfo: { hasNextPage: false } });
    expect(await uses(shareLinkId, "", bob)).toBeNull();
    expect(await uses(randomUUID())).toMatchObject({ nodes: [] });
    await api.services.users.remove(carol.id, Date.now());
    expect((await uses(shareLinkId)).nodes).toHaveLength(1);
  });
});
