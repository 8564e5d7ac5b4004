/** Somebody who is signed in and asks for much with few bytes: large templates of odd shape, read in every way. */
import { randomUUID } from "node:crypto";
import { getIntrospectionQuery } from "graphql";
import { oddDesigns } from "./oddDesigns.js";

export interface HeavyReads {
  /** Stops; answers how often each answer came. */
  stop(): Promise<ReadonlyMap<string, number>>;
}

interface Answer {
  readonly data?: Record<string, Record<string, unknown> | null> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

const VALUES = 300_000;
const UNDER_WAY = 4;

const aliases = (count: number, field: string) =>
  Array.from({ length: count }, (_, index) => `f${index}: ${field}`).join(" ");
const onTemplate = (selection: string) => `query ($id: ID!) { template(id: $id) { ${selection} } }`;

const documents = [
  onTemplate(aliases(29, "at(version: 1) { designHash }")),
  onTemplate("designData"),
  onTemplate("snapshots(first: 100) { nodes { designData } }"),
  onTemplate("operations(first: 1000) { nodes { payload } }"),
  `mutation ($id: ID!) { ${aliases(29, 'createSnapshot(input: { templateId: $id, name: "Kept" }) { __typename }')} }`,
  "mutation ($id: ID!) { duplicateTemplate(input: { templateId: $id }) { __typename } }",
  getIntrospectionQuery(),
];

/** Signs up, makes templates of odd shape, and reads them until it is stopped. */
export async function startHeavyReads(port: number): Promise<HeavyReads> {
  let token = "";
  const ask = async (query: string, variables: object): Promise<Answer> => {
    const response = await fetch(`http://127.0.0.1:${port}/graphql`, {
      method: "POST",
      headers: {
        "content-type": "application/json",
        "x-forwarded-for": "198.51.100.8",
        ...(token !== "" && { authorization: `Bearer ${token}` }),
      },
      body: JSON.stringify({ query, variables }),
    });
    return (await response.json()) as Answer;
  };
  const account = { email: `${randomUUID()}@example.com`, name: "Eve", password: randomUUID() };
  const signedUp = await ask(
    "mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { token } } }",
    { input: account },
  );
  token = String(signedUp.data?.["signUp"]?.["token"]);
  const ids: string[] = [];
  for (const [name, designData] of oddDesigns(VALUES)) {
    const made = await ask(
      "mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) { ... on TemplateCreated { template { id } } } }",
      { input: { name, designData } },
    );
    const template = made.data?.["createTemplate"]?.["template"] as { id: string } | undefined;
    if (template !== undefined) ids.push(template.id);
  }
  const answers = new Map<string, number>();
  const stopping = new AbortController();
  const reader = async (first: number) => {
    for (let turn = first; !stopping.signal.aborted; turn += 1) {
      const variables = { id: ids[turn % ids.length] };
      const answer = await ask(documents[turn % documents.length] ?? "", variables).catch(
        () => undefined,
      );
      const code = answer?.errors?.[0]?.extensions?.code ?? (answer ? "answered" : "cut");
      answers.set(code, (answers.get(code) ?? 0) + 1);
    }
  };
  const readers = Promise.all(Array.from({ length: UNDER_WAY }, (_, index) => reader(index * 2)));
  return {
    async stop() {
      stopping.abort();
      await readers;
      return answers;
    },
  };
}
