/**
 * A server with a small heap, and templates whose few bytes take much of it: it answers or refuses, and does not end.
 * Prints one line of JSON: how often each answer came.
 */
import { readConfig } from "../../src/config/readConfig.js";
import { startServer } from "../../src/node/server.js";
import { oddDesigns } from "./oddDesigns.js";

const server = await startServer(readConfig(process.env));
const answers: { [answer: string]: number } = {};
let token = "";

interface Answer {
  readonly data?: Record<string, { readonly [name: string]: unknown } | null> | null;
  readonly errors?: readonly { readonly extensions?: { readonly code?: string } }[];
}

async function ask(query: string, variables: object): Promise<Answer> {
  const response = await fetch(server.url, {
    method: "POST",
    headers: {
      "content-type": "application/json",
      ...(token !== "" && { authorization: `Bearer ${token}` }),
    },
    body: JSON.stringify({ query, variables }),
  });
  return (await response.json()) as Answer;
}

const account = { email: "ada@example.com", name: "Ada", password: "a long password" };
const signedUp = await ask(
  "mutation ($input: SignUpInput!) { signUp(input: $input) { ... on Session { token } } }",
  { input: account },
);
token = String(signedUp.data?.["signUp"]?.["token"]);

const ids: string[] = [];
for (const [name, designData] of oddDesigns(Number(process.env["ODD_VALUES"]))) {
  const made = await ask(
    `mutation ($input: CreateTemplateInput!) { createTemplate(input: $input) {
      ... on TemplateCreated { template { id } } ... on RequestError { code message } } }`,
    { input: { name, designData } },
  );
  const template = made.data?.["createTemplate"]?.["template"] as { id: string } | undefined;
  if (template === undefined) throw new Error(`${name}: ${JSON.stringify(made)}`);
  ids.push(template.id);
}

/** Short requests, many at once: cold loads, old versions and hashes of all shapes. */
const documents = [
  "query ($id: ID!) { template(id: $id) { at(version: 1) { designHash } } }",
  "query ($id: ID!) { template(id: $id) { comments { nodes { id } } designData } }",
  "query ($id: ID!) { template(id: $id) { a: at(version: 1) { designHash } b: at(version: 1) { designHash } } }",
];
const work = documents.flatMap((query) => [...ids, ...ids].map((id) => ({ query, id })));
await Promise.all(
  work.map(async ({ query, id }) => {
    const { errors } = await ask(query, { id });
    const answer = errors?.[0]?.extensions?.code ?? "answered";
    answers[answer] = (answers[answer] ?? 0) + 1;
  }),
);
process.send?.({ answers, templates: ids.length });
await server.close();
process.exit(0);
