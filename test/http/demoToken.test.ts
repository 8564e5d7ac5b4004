/** Who gets the demo account's token with the page: whoever sits at this machine, and nobody behind a proxy on it. */
import { createServer, request, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createGraphiQLPage } from "../../src/http/graphiql/graphiqlPage.js";

const TOKEN = "the-token-of-the-demo";
let server: Server;
let port: number;

beforeAll(async () => {
  const page = createGraphiQLPage({
    endpoint: "/graphql",
    path: "/graphiql",
    demo: async () => ({ userId: "u", token: TOKEN, templateId: "t", version: 1 }),
    issuer: undefined,
    mayCreateAccount: true,
    newId: () => "id",
    admit: async () => undefined,
  });
  server = createServer((asked, answer) => {
    page.respond(asked, answer, asked.url ?? "").catch(() => answer.writeHead(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => server.close());

type Headers = { readonly [name: string]: string };

/** The page, and what it asks for when its token is over. */
async function pageFor(headers: Headers): Promise<string> {
  const [page, session] = await Promise.all(["/graphiql", "/graphiql/demo"].map(get(headers)));
  // Both have it, or neither.
  expect(page?.includes(TOKEN)).toBe(session?.includes(TOKEN));
  return `${page}${session}`;
}

const get = (headers: Headers) => (path: string) =>
  new Promise<string>((resolve, reject) => {
    const asked = request({ port, host: "127.0.0.1", path, headers }, (answer) => {
      let text = "";
      answer.on("data", (chunk: Buffer) => (text += chunk.toString()));
      answer.on("end", () => resolve(text));
    });
    asked.on("error", reject).end();
  });

test("AUTH-70 the token is in the page for a browser on this machine", async () => {
  for (const host of ["localhost", `localhost:${port}`, "127.0.0.1:4000", "[::1]:4000"]) {
    expect(await pageFor({ host }), host).toContain(TOKEN);
  }
});

test.each([
  ["x-forwarded-for", "127.0.0.1"],
  ["x-forwarded-for", ""],
  ["x-forwarded-host", "localhost"],
  ["x-forwarded-proto", "https"],
  ["x-forwarded-port", "443"],
  ["forwarded", "for=127.0.0.1"],
  ["via", "1.1 proxy"],
  ["x-real-ip", "127.0.0.1"],
  ["true-client-ip", "::1"],
  ["cf-connecting-ip", "127.0.0.1"],
  ["x-envoy-external-address", "127.0.0.1"],
])("AUTH-70 nor for who comes through a proxy that writes %s: %s", async (name, value) => {
  expect(await pageFor({ host: "localhost", [name]: value })).not.toContain(TOKEN);
});

test.each(["design.example.com", "localhost.example.com", "192.168.0.2:4000", "127.0.0.1.nip.io"])(
  "AUTH-70 nor where the address names another host: %s",
  async (host) => {
    expect(await pageFor({ host })).not.toContain(TOKEN);
  },
);
