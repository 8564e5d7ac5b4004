import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { startApi, type Api, type Client } from "./api.js";

let api: Api;
let ada: Client;

beforeAll(async () => {
  api = await startApi();
  ada = await api.signUp("Ada");
});
afterAll(() => api.stop());

const query = `{ serverNodes {
  id name address status statusReason version startedAt reportedAt lastContactAt silentMs isSelf
  load { eventLoop cpu memoryBytes connections subscriptions liveTemplates }
  lag { eventLoopMs deliveryMs hearsOtherNodes }
} }`;

async function codeFor(client: Client): Promise<unknown> {
  const { data, errors } = await client.run(query);
  expect(data ?? null).toBeNull();
  return errors?.[0]?.extensions["code"];
}

describe("serverNodes", () => {
  test("NODE-4 is for administrators: the role counts that the account has now", async () => {
    expect(await codeFor(api.anonymous)).toBe("UNAUTHENTICATED");
    expect(await codeFor(api.as("00000000-0000-7000-8000-00000000dead"))).toBe("UNAUTHENTICATED");
    expect(await codeFor(ada)).toBe("FORBIDDEN");
    await api.services.users.setRole(ada.id, "ADMIN");
    expect((await ada.data(query)).serverNodes).toHaveLength(1);
    await api.services.users.setRole(ada.id, "USER");
    expect(await codeFor(ada)).toBe("FORBIDDEN");
  });

  test("NODE-3 a node alone lists itself", async () => {
    const root = await api.signUp("Root");
    await api.services.users.setRole(root.id, "ADMIN");
    const { serverNodes } = await root.data(query);
    expect(serverNodes).toMatchObject([
      {
        ...{ id: "node-of-the-test", status: "ONLINE", version: "0.0.0", isSelf: true },
        ...{ address: null, statusReason: "SERVING" },
      },
    ]);
    const { lastContactAt, startedAt } = serverNodes[0];
    expect(Date.parse(lastContactAt)).toBeGreaterThanOrEqual(Date.parse(startedAt));
    expect(serverNodes[0].load.memoryBytes).toBeGreaterThan(1_000_000);
  });
});
