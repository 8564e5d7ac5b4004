/** Somebody who works on a template while others attack the server: what they ask must be answered. */
import { randomUUID } from "node:crypto";

export interface Bystander {
  /** Milliseconds of each request since the last call, in their order. */
  takeLatencies(): number[];
  /** Stops; answers what went wrong, which is nothing. */
  stop(): Promise<readonly string[]>;
}

interface Answer {
  readonly data?: Record<string, Record<string, unknown>>;
}

/** Signs up, makes a template and edits it, one request after the other. */
export async function startBystander(port: number): Promise<Bystander> {
  const failures: string[] = [];
  let latencies: number[] = [];
  let token = "";
  const ask = async (query: string, input: object): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-forwarded-for": "198.51.100.7",
        ...(token !== "" && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables: { input } }),
    });
    return (await response.json()) as Answer;
  };
  const account = { email: `${randomUUID()}@example.com`, name: "Ada", password: randomUUID() };
  const signedUp = await ask(
    "mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { token } } }",
    account,
  );
  token = String(signedUp.data?.["signUp"]?.["token"]);
  const created = await ask(
    "mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { ... on TemplateCreated { template { id } } } }",
    { name: "Work" },
  );
  const template = created.data?.["createTemplate"]?.["template"] as { id: string } | undefined;
  if (template === undefined) throw new Error(`no template was made: ${JSON.stringify(created)}`);
  const templateId = template.id;

  const stopping = new AbortController();
  const edit = async () => {
    const id = randomUUID();
    const began = performance.now();
    const answer = await ask(
      "mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename ... on RequestError { code } } }",
      {
        templateId,
        baseVersion: 1,
        onConflict: "FORCE",
        operations: [{ id, type: "UPDATE_CANVAS", target: {}, payload: { set: { note: id } } }],
      },
    );
    latencies.push(performance.now() - began);
    const outcome = answer.data?.["applyOperations"];
    if (outcome?.["__typename"] !== "OperationsApplied") failures.push(JSON.stringify(answer));
  };
  const working = (async () => {
    while (!stopping.signal.aborted) {
      await edit().catch((error: unknown) => failures.push(String(error)));
      // A pace below the rate of operations: it is not this that is tried here.
      await new Promise((resolve) => setTimeout(resolve, 80));
    }
  })();
  return {
    takeLatencies() {
      const taken = latencies;
      latencies = [];
      return taken;
    },
    async stop() {
      stopping.abort();
      await working;
      return failures;
    },
  };
}
