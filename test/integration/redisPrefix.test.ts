/** Two deployments on one Redis, the second on a copy of the first's data, so that even their ids are the same. */
import { afterAll, beforeAll, expect, test } from "vitest";
import { createTestDatabase, type TestDatabase } from "../setup/database.js";
import { RedisProcesses, until, type RedisProcess } from "../setup/redisProcesses.js";
import { newAuthor, query, startTestServer, type TestServer } from "./runningServer.js";

const processes = new RedisProcesses();
let redisProcess: RedisProcess;
let live: TestServer;
let copy: TestServer;
let database: TestDatabase;

beforeAll(async () => {
  redisProcess = await processes.server();
  database = await createTestDatabase();
  // One database stands for both: nothing that is told apart here passes through it.
  const shared = {
    DATABASE_URL: database.url,
    ADDRESS_SIGN_UPS_PER_HOUR_MAX: "1",
  };
  live = await startTestServer({ ...shared, ...(await redisOf("live")) });
  copy = await startTestServer({ ...shared, ...(await redisOf("copy")) });
});
afterAll(async () => {
  await Promise.all([live.close(), copy.close()]);
  await database.drop();
  await processes.end();
});

/** A deployment's own prefix, and an account that may use nothing outside of it. */
async function redisOf(name: string): Promise<Record<string, string>> {
  const prefix = `shop:${name}`;
  const rights = [">secret", "+@all", `~${prefix}:*`, `&${prefix}:*`];
  await redisProcess.redis.acl("SETUSER", name, "on", ...rights);
  const url = `redis://${name}:secret@127.0.0.1:${redisProcess.port}`;
  return { REDIS_PREFIX: prefix, REDIS_URL: url };
}

const everyKey = () => redisProcess.redis.keys("*");
const everyChannel = async () =>
  [
    await redisProcess.redis.pubsub("CHANNELS"),
    await redisProcess.redis.pubsub("SHARDCHANNELS"),
  ].flat() as string[];

test("NODE-11 nodes of another deployment are not listed", async () => {
  const idsOf = (prefix: string) => `${prefix}:{nodes}:ids`;
  await until(async () => {
    const counts = [idsOf("shop:live"), idsOf("shop:copy")].map((key) =>
      redisProcess.redis.zcard(key),
    );
    return (await Promise.all(counts)).every((count) => count > 0);
  });
  for (const { services } of [live, copy]) {
    const listed = await services.nodes.list();
    expect(listed.map(({ id }) => id)).toEqual([services.nodes.selfId]);
  }
});

test("NODE-11 what limits count is counted apart", async () => {
  const signUp = async (server: TestServer, name: string) => {
    const document = `mutation ($input: SignUpInput!) { signUp(input: $input) { __typename } }`;
    const input = { email: `${name}@example.com`, name, password: "correct horse battery" };
    return (await query(server, document, { input })).text;
  };
  expect(await signUp(live, "ada")).toContain("Session");
  expect(await signUp(copy, "ben")).toContain("Session");
  expect(await signUp(live, "cem")).toContain("RequestError");
});

test("NODE-11 news and presence stay within their deployment, under its prefix", async () => {
  const { token, templateId } = await newAuthor(live);
  const join = `mutation ($id: ID!) {
    joinTemplate(input: { templateId: $id, clientId: "tab" }) { ... on TemplateJoined { session { token } } }
  }`;
  const joined = await query(live, join, { id: templateId }, token);
  const { session } = joined.json.data!["joinTemplate"] as { session: { token: string } };
  const move = `mutation ($token: String!) {
    updatePresence(input: { sessionToken: $token, cursor: { x: 1, y: 2 } }) { __typename }
  }`;
  await query(live, move, { token: session.token }, token);
  const heard: string[] = [];
  const listeners = [live, copy].map(({ services }) =>
    services.bus.subscribe(templateId, ({ kind }) => heard.push(kind)),
  );
  await until(async () => (await everyKey()).some((key) => key.endsWith(":present")));
  await until(async () => {
    const channels = await everyChannel();
    return channels.filter((name) => name.includes(templateId)).length >= 2;
  });
  const here = `query ($id: ID!) { template(id: $id) { collaborators { clientId } } }`;
  const seenIn = async (server: TestServer) =>
    (await query(server, here, { id: templateId }, token)).json.data?.["template"];
  expect(await seenIn(live)).toEqual({ collaborators: [{ clientId: "tab" }] });
  expect(await seenIn(copy)).toEqual({ collaborators: [] });
  for (const name of [...(await everyKey()), ...(await everyChannel())]) {
    expect(name).toMatch(/^shop:(live|copy):/);
  }
  for (const stop of listeners) stop();
});
