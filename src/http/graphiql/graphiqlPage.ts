/** GraphiQL, served by the program itself: the page loads nothing from anywhere else, and its policy says so. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpRefusal, respond, respondJson, respondNotModified } from "../respond.js";
import { loadGraphiQLAssets, type Asset, type GraphiQLAssets } from "./graphiqlAssets.js";
import { type DemoSession, TEMPLATE_PLACEHOLDER, tourTabs } from "./tour.js";
import { demoHistory } from "../../seed/demo.js";
import { demoNote, demoPageId } from "../../seed/demoDesign.js";

export interface GraphiQLPage {
  serves(path: string): boolean;
  respond(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

export interface GraphiQLParts {
  readonly endpoint: string;
  readonly path: string;
  /** A fresh session of the demo account; undefined where there is none. */
  readonly demo: (() => Promise<DemoSession | undefined>) | undefined;
  /** The identity provider whose tokens the server takes; undefined where there is none. */
  readonly issuer: string | undefined;
  /** Whether people may create accounts with a password. */
  readonly mayCreateAccount: boolean;
  /** Something that differs between pages, for ids that visitors do not share. */
  readonly newId: () => string;
  /** Counts the request against its address; rejects with HttpRefusal where it is one too many. */
  readonly admit: (request: IncomingMessage) => Promise<void>;
}

const ONE_YEAR = "public, max-age=31536000, immutable";

/** Scripts of ours alone, and the editor's workers, which it makes from its own text. */
const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src blob:",
  "style-src 'self' 'unsafe-inline'",
  "font-src 'self' data:",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** The page and its files. */
export function createGraphiQLPage(parts: GraphiQLParts): GraphiQLPage {
  let loading: Promise<GraphiQLAssets> | undefined;
  const load = () => (loading ??= loadGraphiQLAssets());

  return {
    serves: (path) => path === parts.path || path.startsWith(`${parts.path}/`),
    async respond(request, response, path) {
      await parts.admit(request);
      if (path === `${parts.path}/demo`) return respondDemo(parts, request, response);
      const assets = await load();
      if (path === parts.path) {
        const session = isFromThisMachine(request) ? await parts.demo?.() : undefined;
        const visit = parts.newId().slice(-6);
        const html = pageOf(assets, settingsOf(parts, session, visit));
        return respond(response, 200, "text/html; charset=utf-8", html, {
          "content-security-policy": POLICY,
        });
      }
      const asset = Object.values(assets).find((one: Asset) => one.path === path) as
        | Asset
        | undefined;
      if (asset === undefined) throw new HttpRefusal(404, "NOT_FOUND", "file not found");
      respondAsset(request, response, asset);
    },
  };
}

/** A fresh session of the demo account, for a page whose token is over. */
async function respondDemo(
  { demo }: GraphiQLParts,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const session = isFromThisMachine(request) ? await demo?.() : undefined;
  if (session === undefined) throw new HttpRefusal(404, "NOT_FOUND", "demo account not found");
  respondJson(response, 200, session);
}

function respondAsset({ headers }: IncomingMessage, response: ServerResponse, asset: Asset): void {
  const takesGzip = takes(headers["accept-encoding"]);
  const etag = `"${asset.etag}${takesGzip ? "-gzip" : ""}"`;
  const common = { "cache-control": ONE_YEAR, vary: "Accept-Encoding", etag };
  const known = headers["if-none-match"]?.split(",").map((tag) => tag.trim().replace(/^W\//, ""));
  if (known?.includes(etag) === true || known?.includes("*") === true) {
    return respondNotModified(response, common);
  }
  const encoding: { "content-encoding"?: string } = takesGzip ? { "content-encoding": "gzip" } : {};
  const body = takesGzip ? asset.gzipped : asset.plain;
  respond(response, 200, asset.contentType, body, { ...common, ...encoding });
}

/** Whether `Accept-Encoding` takes gzip; a weight of 0 says that it does not. */
function takes(accepted: string | string[] | undefined): boolean {
  return String(accepted ?? "")
    .split(",")
    .some((part) => /^\s*(gzip|\*)\s*(;\s*q\s*=\s*(1|0?\.\d*[1-9]).*)?$/i.test(part));
}

/** Headers that proxies and the networks before them write, and nobody who sits at this machine. */
const ofProxies =
  /^(forwarded|via|x-forwarded.*|x-real-ip|x-client-ip|x-cluster-client-ip|x-original-.*|x-envoy-.*|x-proxy.*|true-client-ip|client-ip|cf-.*|cdn-.*|fastly-.*|fly-.*|akamai-.*|x-azure-.*|x-amz.*|x-request-start)$/;

/**
 * A token is put into the page only for who sits at this machine. The name in the address counts too: a foreign
 * page whose name was made to lead here (DNS rebinding) must not read it.
 */
function isFromThisMachine(request: IncomingMessage): boolean {
  const isLoopback = /^(::1|(::ffff:)?127\.[\d.]+)$/.test(request.socket.remoteAddress ?? "");
  // Behind a proxy on this machine everybody comes from here. Any sign of one is enough, whatever it says.
  if (Object.keys(request.headers).some((name) => ofProxies.test(name))) return false;
  const host = (request.headers.host ?? "").replace(/:\d+$/, "");
  return isLoopback && ["localhost", "127.0.0.1", "[::1]"].includes(host);
}

/** What the page's scripts read. */
function settingsOf(
  { endpoint, issuer, mayCreateAccount }: GraphiQLParts,
  session: DemoSession | undefined,
  visit: string,
): object {
  const options = {
    title: "Strata",
    endpoint,
    defaultEditorToolsVisibility: "variables",
    defaultTabs: tourTabs(session, visit),
  };
  const placeholder = TEMPLATE_PLACEHOLDER;
  const signIn = { mayCreateAccount, ...(issuer !== undefined && { issuer }) };
  const tour = { placeholder, tour: tourTemplate };
  return { options, visit, ...tour, ...signIn, ...(session && { demo: session }) };
}

const STYLE = `
      body { display: flex; flex-direction: column; height: 100vh; margin: 0; }
      #root { flex: 1; min-height: 0; }
      #root > .graphiql-container { height: 100%; }
      #strata-bar { display: flex; align-items: center; gap: 8px; min-height: 40px; padding: 0 12px; font: 14px system-ui, sans-serif;
        background: #1f2937; color: #f9fafb; }
      #strata-bar form, #strata-who { display: flex; flex-wrap: wrap; align-items: center; gap: 8px; }
      #strata-bar [hidden] { display: none; }
      #strata-bar strong { margin-right: auto; }
      #strata-bar input { padding: 4px 6px; border: 1px solid #6b7280; border-radius: 4px; background: #fff; color: #111; }
      #strata-bar button { padding: 4px 10px; border: 0; border-radius: 4px; background: #e5e7eb; color: #111; cursor: pointer; }
      #strata-message { color: #fca5a5; }
      .graphiql-tabs .graphiql-tab:is(:active, :not(:active)) { transform: none !important; }
    `;

const BAR = `
    <header id="strata-bar">
      <strong>Strata</strong>
      <span id="strata-message" role="alert"></span>
      <form id="strata-token" hidden title="Sign in with your identity provider and paste an access token of it. This page keeps it in memory until it is closed or reloaded.">
        <input name="token" type="password" size="32" required autocomplete="off" />
        <button>Use token</button>
      </form>
      <form id="strata-sign-in" hidden>
        <input name="email" type="email" required autocomplete="username" placeholder="E-mail" aria-label="E-mail" />
        <input name="password" type="password" required autocomplete="current-password" placeholder="Password" aria-label="Password" />
        <button value="signIn">Sign in</button>
        <button value="signUp">Create account</button>
      </form>
      <span id="strata-who" hidden><span></span><button type="button">Sign out</button></span>
    </header>`;

function pageOf({ style, setup, script }: GraphiQLAssets, settings: object): string {
  // `<` as an escape: no text of the settings can end the element.
  const json = JSON.stringify(settings).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Strata · GraphiQL</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${style.path}" />
    <style>${STYLE}</style>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>${BAR}
    <div id="root"></div>
    <script id="strata-options" type="application/json">${json}</script>
    <script src="${setup.path}"></script>
    <script src="${script.path}"></script>
  </body>
</html>
`;
}

/** By which the page finds it again among a person's templates. */
const tag = "graphiql-tour";

/** The template of the tour for accounts that have none: the demo's note on a page of its own, with the demo's short past. */
const tourTemplate = {
  tag,
  input: {
    name: "GraphiQL's tour",
    description: "The template for GraphiQL's tabs.",
    tags: [tag],
    designData: {
      canvas: {},
      pages: [{ id: demoPageId, name: "First page", elements: [demoNote] }],
      audioLayers: [],
    },
  },
  /** Operations, each on the version before it. */
  history: demoHistory,
};
