/** What is told of sessions to those who see them: connection, version, activity. */
import { parse, subscribe } from "graphql";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildSchema } from "../../src/schema/build.js";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;
let bob: Client;
let eve: Client;
let id: string;
beforeAll(async () => {
  api = await startApi();
  [ada, bob, eve] = await Promise.all([api.signUp("Ada"), api.signUp("Bob"), api.signUp("Eve")]);
  id = await ada.createTemplate({ name: "Board" });
  await ada.data(
    `mutation ($input: SetTemplatePermissionInput!) { setTemplatePermission(input: $input) { __typename } }`,
    { input: { templateId: id, userId: bob.id, role: "VIEW" } },
  );
});
afterAll(() => api.stop());

const STATE = "sessionId connectionId connection lastKnownVersion lastActiveAt activity";
const join = async (client: Client, clientId: string) =>
  (
    await client.data(
      `mutation ($input: JoinTemplateInput!) { joinTemplate(input: $input) {
        ... on TemplateJoined { session { id token lastKnownVersion lastActiveAt joinedAt } collaborators { ${STATE} } } } }`,
      { input: { templateId: id, clientId } },
    )
  ).joinTemplate;
const collaborators = async (client: Client) =>
  (await client.data(`{ template(id: "${id}") { collaborators { ${STATE} } } }`)).template
    ?.collaborators;

test("PRES-30, PRES-32: a session tells its connection, version and activity to whoever may see it", async () => {
  const { session, collaborators: shown } = await join(ada, "tab");
  const version = session.lastKnownVersion;
  expect(version).toBe(1);
  expect(session.lastActiveAt).toBe(session.joinedAt);
  const inGrace = {
    ...{ sessionId: session.id, connectionId: null, connection: "GRACE" },
    ...{ lastKnownVersion: 1, activity: "ACTIVE" },
  };
  expect(shown).toMatchObject([inGrace]);

  const events = await subscribe({
    schema: buildSchema(),
    document: parse(
      `subscription ($id: ID!, $token: String) { presenceChanged(templateId: $id, sessionToken: $token) { joined { ${STATE} } moved { ${STATE} } } }`,
    ),
    variableValues: { id, token: session.token },
    contextValue: ada.context,
  });
  if (!(Symbol.asyncIterator in events)) throw new Error(JSON.stringify(events));
  await events.next();
  await expect
    .poll(async () => (await collaborators(bob))[0])
    .toMatchObject({
      connection: "CONNECTED",
      connectionId: expect.stringMatching(/^[0-9a-f-]{36}$/),
    });

  await ada.addElement(id, await ada.firstPage(id), "e1");
  await ada.data(
    `mutation ($input: UpdatePresenceInput!) { updatePresence(input: $input) { __typename } }`,
    { input: { sessionToken: session.token, version: 2 } },
  );
  const [after] = await collaborators(bob);
  expect(after).toMatchObject({ sessionId: session.id, lastKnownVersion: 2, activity: "ACTIVE" });
  expect(Date.parse(after.lastActiveAt)).toBeGreaterThanOrEqual(Date.parse(session.joinedAt));

  await events.return();
  await expect.poll(async () => (await collaborators(bob))[0].connection).toBe("GRACE");
  expect(await collaborators(eve)).toBeUndefined();
  expect(JSON.stringify(await collaborators(bob))).not.toContain(session.token);
});
