/** Changes that wait for one lock of the database, and what others get done meanwhile, through the API. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { WAITING_PER_KEY_MAX } from "../../src/storage/postgres/transactionTurns.js";
import { startApi, type Api, type Client } from "./api.js";

/** Of the connections that the API has in tests. */
const HALF_OF_THE_POOL = 2;
const AT_ONCE = 12;

let api: Api;
let ada: Client;
let bob: Client;
let templateId: string;
let others: { readonly templateId: string; readonly pageId: string };
let link: { readonly shareLinkId: string; readonly token: string };

beforeAll(async () => {
  api = await startApi();
  [ada, bob] = [await api.signUp("Ada"), await api.signUp("Bob")];
  templateId = await ada.createTemplate({ name: "T" });
  const other = await bob.createTemplate({ name: "Other" });
  others = { templateId: other, pageId: await bob.firstPage(other) };
  const { createShareLink } = await ada.data(`mutation {
    createShareLink(input: { templateId: "${templateId}", role: VIEW, openToGuests: true }) {
      ... on ShareLinkCreated { shareLinkId token } } }`);
  link = createShareLink;
});
afterAll(() => api.stop());

/** Does the work while another node has the lock. */
async function whileHeld<T>(lock: string, work: (release: () => void) => Promise<T>): Promise<T> {
  let release = () => {};
  const released = new Promise<void>((resolve) => (release = resolve));
  let held = () => {};
  const isHeld = new Promise<void>((resolve) => (held = resolve));
  const holding = api.prisma.$transaction(
    async (transaction) => {
      await transaction.$queryRawUnsafe(lock);
      held();
      await released;
    },
    { timeout: 60_000 },
  );
  await isHeld;
  try {
    return await work(release);
  } finally {
    release();
    await holding;
  }
}

async function waitingInDatabase(): Promise<number> {
  const [row] = await api.prisma.$queryRaw<{ count: number }[]>`
    SELECT count(*)::int AS count FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock'`;
  return row!.count;
}

async function untilOneWaits(): Promise<void> {
  while ((await waitingInDatabase()) === 0) await new Promise((resolve) => setTimeout(resolve, 5));
}

const sends = (by: () => Client, field: string, count = AT_ONCE) =>
  Array.from({ length: count }, (_, index) =>
    by().run(`mutation { ${field.replaceAll("#", String(index))} { __typename } }`),
  );

const row = (table: string, id: () => string) => () =>
  `SELECT FROM ${table} WHERE id = '${id()}' FOR UPDATE`;
const template = row("templates", () => templateId);
const sharedLink = row("share_links", () => link.shareLinkId);
const account = row("users", () => ada.id);
const quotaOf = () =>
  `SELECT pg_advisory_xact_lock(hashtextextended('strata quota person ${ada.id}', 0))::text`;

const kinds: readonly (readonly [string, () => string, () => Client, () => string])[] = [
  [
    "setTemplatePermission",
    template,
    () => ada,
    () =>
      `setTemplatePermission(input: { templateId: "${templateId}", userId: "${bob.id}", role: VIEW })`,
  ],
  [
    "setTemplatePermission for an address",
    template,
    () => ada,
    () =>
      `setTemplatePermission(input: { templateId: "${templateId}", email: "cyd#@example.com", role: VIEW })`,
  ],
  [
    "acceptShareLink",
    sharedLink,
    () => bob,
    () => `acceptShareLink(input: { token: "${link.token}" })`,
  ],
  [
    "openAsGuest",
    sharedLink,
    () => api.anonymous,
    () => `openAsGuest(input: { token: "${link.token}" })`,
  ],
  [
    "createShareLink",
    template,
    () => ada,
    () => `createShareLink(input: { templateId: "${templateId}", role: VIEW })`,
  ],
  [
    "createComment",
    template,
    () => ada,
    () => `createComment(input: { templateId: "${templateId}", id: "${randomUUID()}", body: "#" })`,
  ],
  [
    "updateTemplate",
    template,
    () => ada,
    () => `updateTemplate(input: { templateId: "${templateId}", name: "#" })`,
  ],
  ["createTeam", account, () => ada, () => `createTeam(input: { name: "#" })`],
  ["createProject", account, () => ada, () => `createProject(input: { name: "#" })`],
  ["updateProfile", account, () => ada, () => `updateProfile(input: { name: "Ada #" })`],
  ["createTemplate", quotaOf, () => ada, () => `createTemplate(input: { name: "#" })`],
];

/** What others do meanwhile is answered, however long the lock is held. */
async function othersGoOn(): Promise<void> {
  await bob.data(`{ template(id: "${others.templateId}") { version designData } }`);
  await bob.addElement(others.templateId, others.pageId, randomUUID());
}

describe("LIM-93 changes that wait for one lock", () => {
  test.each(kinds)("leave others their connections: %s", async (_name, lock, by, field) => {
    const answers = await whileHeld(lock(), async (release) => {
      const sent = sends(by, field());
      await untilOneWaits();
      await othersGoOn();
      expect(await waitingInDatabase()).toBe(1);
      release();
      return Promise.all(sent);
    });
    for (const { errors } of answers) expect(errors).toBeUndefined();
  });

  test("leave half of the connections also where each waits for another one", async () => {
    const ids: string[] = [];
    for (let count = 0; count < AT_ONCE; count += 1) {
      ids.push(await ada.createTemplate({ name: `T ${count}` }));
    }
    const list = ids.map((id) => `'${id}'`).join(", ");
    const answers = await whileHeld(
      `SELECT FROM templates WHERE id IN (${list}) FOR UPDATE`,
      async (release) => {
        const sent = ids.flatMap((id) =>
          sends(
            () => ada,
            `createComment(input: { templateId: "${id}", id: "${randomUUID()}", body: "a" })`,
            2,
          ),
        );
        await untilOneWaits();
        await othersGoOn();
        expect(await waitingInDatabase()).toBeLessThanOrEqual(HALF_OF_THE_POOL);
        release();
        return Promise.all(sent);
      },
    );
    for (const { errors } of answers) expect(errors).toBeUndefined();
  });

  test("are refused beyond a number, and told when to come again", async () => {
    const answers = await whileHeld(sharedLink(), async (release) => {
      const sent = sends(
        () => api.anonymous,
        `openAsGuest(input: { token: "${link.token}" })`,
        WAITING_PER_KEY_MAX + 10,
      );
      await untilOneWaits();
      await Promise.race(sent);
      release();
      return Promise.all(sent);
    });
    const refused = answers.flatMap(({ errors }) => errors ?? []);
    // More where the machine is slow, and some wait for too long.
    expect(refused.length).toBeGreaterThanOrEqual(9);
    for (const { extensions } of refused) {
      expect(extensions).toEqual({ code: "UNAVAILABLE", retryAfterMs: expect.any(Number) });
    }
    // The address may have its share of guests by then: another one comes.
    const { acceptShareLink } = await bob.data(
      `mutation { acceptShareLink(input: { token: "${link.token}" }) { __typename } }`,
    );
    expect(acceptShareLink).toEqual({ __typename: "ShareLinkAccepted" });
  });
});
