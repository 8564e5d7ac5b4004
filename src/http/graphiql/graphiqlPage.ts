/** GraphiQL, served by the program itself: the page loads nothing from anywhere else, and its policy says so. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { HttpRefusal, respond, respondNotModified } from "../respond.js";
import { loadGraphiQLAssets, type Asset, type GraphiQLAssets } from "./graphiqlAssets.js";
import { tourTabs } from "./tour.js";

/** The demo account as a page signs in to it. */
export interface DemoSession {
  readonly userId: string;
  readonly token: string;
  readonly templateId: string;
  /** Where the demo template stands now. */
  readonly version: number;
}

export interface GraphiQLPage {
  serves(path: string): boolean;
  respond(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

export interface GraphiQLParts {
  readonly endpoint: string;
  readonly path: string;
  /** A fresh session of the demo account; undefined where there is none. */
  readonly demo: (() => Promise<DemoSession | undefined>) | undefined;
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
      const assets = await load();
      if (path === parts.path) {
        const session = isFromThisMachine(request) ? await parts.demo?.() : undefined;
        const visit = parts.newId().slice(-6);
        const html = pageOf(assets, { options: optionsOf(parts, session, visit), visit }, session);
        return respond(response, 200, "text/html; charset=utf-8", html, {
          "content-security-policy": POLICY,
        });
      }
      const asset = Object.values(assets).find((one: Asset) => one.path === path) as
        | Asset
        | undefined;
      if (asset === undefined) throw new HttpRefusal(404, "NOT_FOUND", "there is no such file");
      respondAsset(request, response, asset);
    },
  };
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

function optionsOf({ endpoint }: GraphiQLParts, session: DemoSession | undefined, visit: string) {
  const headers = JSON.stringify(
    session === undefined ? {} : { Authorization: `Bearer ${session.token}` },
    null,
    2,
  );
  return {
    title: "Strata",
    endpoint,
    headers,
    subscriptionsProtocol: "WS",
    shouldPersistHeaders: true,
    defaultEditorToolsVisibility: "variables",
    defaultTabs: tourTabs(session, visit).map((tab) => ({ ...tab, headers })),
  };
}

function pageOf(
  { style, setup, script }: GraphiQLAssets,
  settings: { readonly options: object; readonly visit: string },
  session: DemoSession | undefined,
): string {
  const demo = session === undefined ? {} : { demo: session };
  // `<` as an escape: no text of the options can end the element.
  const json = JSON.stringify({ ...settings, ...demo }).replaceAll("<", "\\u003c");
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1" />
    <title>Strata · GraphiQL</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="${style.path}" />
    <style>
      .graphiql-tabs .graphiql-tab:is(:active, :not(:active)) {
        transform: none !important;
      }
    </style>
  </head>
  <body id="body" class="no-focus-outline">
    <noscript>GraphiQL needs JavaScript.</noscript>
    <div id="root"></div>
    <script id="strata-options" type="application/json">${json}</script>
    <script src="${setup.path}"></script>
    <script src="${script.path}"></script>
  </body>
</html>
`;
}
