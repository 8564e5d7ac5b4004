import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";
import { Board } from "./board.js";

const LOCK = `{ target { pageId elementId } sessionId user { name } clientId fence acquiredAt expiresAt }`;
const REFUSED = `... on RequestError { code message path operationId lock { clientId fence target { elementId } } }`;
const ACQUIRE = `mutation ($input: AcquireLockInput!) {
  acquireLock(input: $input) { __typename ... on LockAcquired { acquired ${LOCK} } ${REFUSED} } }`;
const RELEASE = `mutation ($input: ReleaseLockInput!) {
  releaseLock(input: $input) { __typename ... on LockReleased { released ${LOCK} } ${REFUSED} } }`;
const APPLY = `mutation ($input: ApplyOperationsInput!) {
  applyOperations(input: $input) { __typename ... on OperationsApplied { newVersion } ${REFUSED} } }`;
const JOIN = `mutation ($input: JoinTemplateInput!) {
  joinTemplate(input: $input) { ... on TemplateJoined { session { id token } } } }`;

let api: Api;
let ada: Client;
let bob: Client;
let board: Board;
let session: { id: string; token: string };
const target = { pageId: "p1", elementId: "e1" };

beforeAll(async () => {
  api = await startApi();
  [ada, bob] = await Promise.all([api.signUp("Ada"), api.signUp("Bob")]);
});
beforeEach(async () => {
  board = await Board.open(ada, { isPublic: true });
  session = await join("studio");
});
afterAll(() => api.stop());

async function join(clientId: string, client = ada) {
  const { joinTemplate } = await client.data(JOIN, { input: { templateId: board.id, clientId } });
  return joinTemplate.session as { id: string; token: string };
}

async function acquire(input: object = {}, client = ada) {
  const given = { templateId: board.id, sessionToken: session.token, ...input };
  return (await client.data(ACQUIRE, { input: given })).acquireLock;
}

async function release(input: object = {}, client = ada) {
  return (await client.data(RELEASE, { input: { templateId: board.id, ...input } })).releaseLock;
}

async function move(id: string, input: object = {}) {
  const operation = { id, type: "MOVE_ELEMENT", target, payload: { x: 5, y: 5 } };
  const given = {
    templateId: board.id,
    baseVersion: 1,
    onConflict: "FORCE",
    operations: [operation],
  };
  return (await ada.data(APPLY, { input: { ...given, ...input } })).applyOperations;
}

describe("locks", () => {
  test("LOCK-8: are acquired by a session, and told with who holds them", async () => {
    const { acquired } = await acquire({ target });
    expect(acquired).toMatchObject({
      ...{ target, sessionId: session.id, user: { name: "Ada" }, clientId: "studio", fence: 1 },
    });
    expect(Date.parse(acquired.expiresAt) - Date.parse(acquired.acquiredAt)).toBe(30_000);
    const whole = await acquire({ leaseMs: 5_000 });
    expect(whole.acquired.target).toEqual({ pageId: null, elementId: null });
    expect(Date.parse(whole.acquired.expiresAt) - Date.parse(whole.acquired.acquiredAt)).toBe(
      5_000,
    );
  });

  test("LOCK-13: stand on their template, the oldest first, and cost no query where there are none", async () => {
    const read = async () => (await board.read("locks { fence target { elementId } }")).locks;
    const unlocked = await api.statements(read);
    expect(unlocked.filter((sql) => sql.includes("template_locks"))).toEqual([]);
    await acquire({ target });
    await acquire({ target: { pageId: "p1", elementId: "e2" } });
    expect(await read()).toEqual([
      { fence: 1, target: { elementId: "e1" } },
      { fence: 2, target: { elementId: "e2" } },
    ]);
    const other = await Board.open(ada);
    const document = `{ a: template(id: "${board.id}") { locks { fence } }
      b: template(id: "${board.id}") { locks { fence } } c: template(id: "${other.id}") { locks { fence } } }`;
    const statements = await api.statements(() => ada.data(document));
    expect(statements.filter((sql) => sql.includes("template_locks"))).toHaveLength(1);
    expect((await bob.data(document)).a.locks).toHaveLength(2);
  });

  test("LOCK-3: refuse what others send, with who holds what", async () => {
    await acquire({ target });
    expect(await move("a", { clientId: "other" })).toMatchObject({
      ...{ __typename: "RequestError", code: "LOCKED", operationId: "a" },
      lock: { clientId: "studio", fence: 1, target: { elementId: "e1" } },
    });
    expect(await move("a", { clientId: "studio" })).toMatchObject({ newVersion: 2 });
    const revert = `mutation ($input: RevertTemplateInput!) {
      revertTemplate(input: $input) { __typename ${REFUSED} } }`;
    const input = { templateId: board.id, targetVersion: 1 };
    expect((await ada.data(revert, { input })).revertTemplate).toMatchObject({ code: "LOCKED" });
    const own = { input: { ...input, clientId: "studio" } };
    expect((await ada.data(revert, own)).revertTemplate.__typename).toBe("TemplateReverted");
  });

  test("LOCK-7: are named by their fence", async () => {
    await acquire({ target });
    const fenced = { clientId: "studio", fence: 1 };
    expect(await move("a", fenced)).toMatchObject({ newVersion: 2 });
    await release({ target, sessionToken: session.token });
    expect(await move("b", fenced)).toMatchObject({ code: "LOCKED", path: ["fence"], lock: null });
  });

  test("LOCK-9: are released by who holds them, or by force of the author", async () => {
    const held = await acquire({ target });
    const other = await join("other");
    const byOther = { target, sessionToken: other.token };
    expect(await release(byOther)).toMatchObject({ __typename: "LockReleased", released: null });
    expect(await release({ target, force: true }, bob)).toMatchObject({ code: "FORBIDDEN" });
    expect(await release({ target, force: true })).toMatchObject({
      released: { fence: held.acquired.fence },
    });
    expect(await acquire({ ...byOther })).toMatchObject({
      acquired: { fence: 3, clientId: "other" },
    });
    expect(await acquire({ target })).toMatchObject({
      code: "LOCKED",
      lock: { clientId: "other" },
    });
  });

  test("LOCK-8: are for who may edit, with a session of their own", async () => {
    const bobs = await join("bob", bob);
    expect(await acquire({ target, sessionToken: bobs.token }, bob)).toMatchObject({
      code: "FORBIDDEN",
    });
    expect(await acquire({ target }, api.anonymous)).toMatchObject({ code: "UNAUTHENTICATED" });
    for (const sessionToken of [bobs.token, "", "\0", "x".repeat(10_000)]) {
      const refusal = { code: "NOT_FOUND", path: ["sessionToken"] };
      expect(await acquire({ target, sessionToken })).toMatchObject(refusal);
      expect(await release({ target, sessionToken })).toMatchObject(refusal);
    }
    for (const elementId of ["gone", "\0", "e1/e2", "x".repeat(10_000)]) {
      expect(await acquire({ target: { pageId: "p1", elementId } })).toMatchObject({
        ...{ code: "NOT_FOUND", path: ["target", "elementId"] },
      });
      const released = await release({ target: { pageId: "p1", elementId }, force: true });
      const isId = elementId.length < 100 && elementId !== "\0";
      expect(released).toMatchObject(
        isId ? { released: null } : { code: "INVALID_INPUT", path: ["target", "elementId"] },
      );
    }
  });

  test("LOCK-11: an element that the design locks is no lock of anybody", async () => {
    await board.edit([
      { id: "l", type: "UPDATE_ELEMENT_PROPS", target, payload: { locked: true } },
    ]);
    expect(await move("a")).toMatchObject({
      ...{ code: "LOCKED", operationId: "a", lock: null },
      path: ["operations", "0", "target", "elementId"],
    });
    expect((await board.read("locks { fence }")).locks).toEqual([]);
  });
});
