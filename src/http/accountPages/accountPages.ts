/**
 * The pages that links for people lead to: setting a new password, accepting an invitation. They need no other frontend
 * and are served in production, too. Scripts and styles come from this server alone, and the policy says so.
 */
import { readFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { INVITATION_PATH, RESET_PASSWORD_PATH } from "../../commands/access/linkTokens.js";
import { packageRoot } from "../../platform/packageRoot.js";
import { respond } from "../respond.js";
import { accountDocuments } from "./accountDocuments.js";

export interface AccountPages {
  serves(path: string): boolean;
  respond(request: IncomingMessage, response: ServerResponse, path: string): Promise<void>;
}

export interface AccountPagesParts {
  /** Where the GraphQL API is. */
  readonly endpoint: string;
  /** Counts the request against its address; rejects with HttpRefusal where it is one too many. */
  readonly admit: (request: IncomingMessage) => Promise<void>;
}

interface PageFile {
  readonly contentType: string;
  readonly body: string;
}

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

/** Reads the files once, so that a file that is missing ends the start and no request. */
export function createAccountPages({ endpoint, admit }: AccountPagesParts): AccountPages {
  const files = filesFor(endpoint);
  return {
    serves: (path) => files.has(path),
    async respond(request, response, path) {
      await admit(request);
      const { contentType, body } = files.get(path)!;
      respond(response, 200, contentType, body, { "content-security-policy": POLICY });
    },
  };
}

function filesFor(endpoint: string): ReadonlyMap<string, PageFile> {
  const settings = JSON.stringify({ endpoint, documents: accountDocuments });
  const script = `globalThis.strataAccount = ${settings};\n${read("account.js")}`;
  return new Map([
    [RESET_PASSWORD_PATH, page("resetPassword.html")],
    [INVITATION_PATH, page("invitation.html")],
    ["/account/account.css", { contentType: "text/css; charset=utf-8", body: read("account.css") }],
    ["/account/account.js", { contentType: "text/javascript; charset=utf-8", body: script }],
  ]);
}

function page(name: string): PageFile {
  return { contentType: "text/html; charset=utf-8", body: read(name) };
}

function read(name: string): string {
  return readFileSync(join(packageRoot, "assets", "account", name), "utf8");
}
