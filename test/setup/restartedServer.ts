/** A server that is stopped and started again while clients follow a template on it. */
import { randomUUID } from "node:crypto";
import { createServer } from "node:net";
import { readConfig } from "../../src/config/readConfig.js";
import { startServer, type RunningServer } from "../../src/node/server.js";
import type { Filled } from "./printedCode.js";

export interface RestartedServer extends Filled {
  readonly templateId: string;
  /** Commits operations, one version each. */
  edit(times: number): Promise<void>;
  remove(): Promise<void>;
  /** Stops; starts again on the same port once clients have tried in vain. */
  restart(): Promise<void>;
  close(): Promise<void>;
}

interface Answer {
  readonly data: { readonly [field: string]: Outcome };
}

/** What a test reads of a mutation's outcome. */
interface Outcome {
  readonly token?: string;
  readonly template?: { readonly id: string };
  readonly newVersion?: number;
}

/** Starts one, with an account that has one template. The environment says where data are kept. */
export async function startRestartedServer(environment: {
  readonly [name: string]: string;
}): Promise<RestartedServer> {
  const settings = { HOST: "127.0.0.1", LOG_LEVEL: "silent", SHUTDOWN_MS: "3000", DEMO: "false" };
  let server: RunningServer = await startServer(
    readConfig({ ...settings, PORT: "0", ...environment }),
  );
  const { url } = server;
  const port = new URL(url).port;
  let token = "";
  const ask = async (query: string, input: object): Promise<Outcome> => {
    const headers = {
      "content-type": "application/json",
      ...(token !== "" && { authorization: `Bearer ${token}` }),
    };
    const body = JSON.stringify({ query, variables: { input } });
    const response = await fetch(url, { method: "POST", headers, body });
    const { data } = (await response.json()) as Answer;
    const [answer] = Object.values(data);
    if (answer === undefined) throw new Error("the answer holds nothing");
    return answer;
  };

  const signUp = `mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { token } } }`;
  const email = `${randomUUID()}@example.com`;
  token = (await ask(signUp, { email, password: randomUUID(), name: "Reader" })).token ?? "";
  const { template } = await ask(
    `mutation ($input: CreateTemplateInput!) {
      createTemplate(input: $input) { ... on TemplateCreated { template { id } } }
    }`,
    { name: "Followed" },
  );
  const templateId = template?.id ?? "";

  return {
    ...{ url, token, templateId },
    async edit(times) {
      for (let index = 0; index < times; index += 1) {
        const payload = { title: randomUUID() };
        const operation = { id: randomUUID(), type: "UPDATE_CANVAS", target: {}, payload };
        const { newVersion } = await ask(
          `mutation ($input: ApplyOperationsInput!) {
            applyOperations(input: $input) { ... on OperationsApplied { newVersion } }
          }`,
          { templateId, baseVersion: 1, onConflict: "FORCE", operations: [operation] },
        );
        if (newVersion === undefined) throw new Error("an edit was refused");
      }
    },
    async remove() {
      const remove = `mutation ($input: DeleteTemplateInput!) { deleteTemplate(input: $input) { __typename } }`;
      await ask(remove, { templateId });
    },
    async restart() {
      await server.close();
      await connectionsInVain(Number(port), 2);
      server = await startServer(readConfig({ ...settings, PORT: port, ...environment }));
    },
    close: () => server.close(),
  };
}

/** Resolves when so many connections to the port were cut without a word. */
function connectionsInVain(port: number, count: number): Promise<void> {
  return new Promise((resolve, reject) => {
    let cut = 0;
    const cutting = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.resetAndDestroy();
      cut += 1;
      if (cut === count) cutting.close(() => resolve());
    });
    cutting.on("error", reject);
    cutting.listen(port, "127.0.0.1");
  });
}

/** Edits before, between and after restarts; `seen` resolves when what follows has got as far as the version. */
export async function editOverRestarts(
  server: RestartedServer,
  from: number,
  seen: (version: number) => Promise<unknown>,
): Promise<void> {
  let version = from;
  const edit = async (times: number) => {
    await server.edit(times);
    version += times;
  };
  // What follows may still be reading where to begin.
  await seen(version);
  await edit(1);
  await seen(version);
  for (let restarts = 0; restarts < 2; restarts += 1) {
    await edit(2);
    await seen(version);
    await server.restart();
    await edit(3);
    await seen(version);
  }
}
