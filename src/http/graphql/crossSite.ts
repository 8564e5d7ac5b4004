/**
 * Whether a page of another site may be behind a request. A browser asks before it sends what a form cannot send;
 * what it sends without asking is not taken.
 */
import type { IncomingMessage } from "node:http";
import { HttpRefusal } from "../respond.js";

/** Headers that no page can send to another origin unless that origin allowed it in a preflight. */
const PREFLIGHTED = ["authorization", "apollo-require-preflight", "graphql-require-preflight"];

/** Throws HttpRefusal (400) for a GET that any page could have made a browser send. */
export function requirePreflight({ headers }: IncomingMessage): void {
  const site = headers["sec-fetch-site"];
  if (site === "same-origin" || site === "none") return;
  if (PREFLIGHTED.some((name) => headers[name] !== undefined)) return;
  if (headers["content-type"]?.startsWith("application/json") === true) return;
  const message = "a GET needs the header graphql-require-preflight, or use POST";
  throw new HttpRefusal(400, "CROSS_SITE_REQUEST", message);
}
