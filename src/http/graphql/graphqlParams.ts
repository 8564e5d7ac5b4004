/** The GraphQL parameters of an HTTP request: from a JSON body, or from a GET's query string. */
import type { IncomingMessage } from "node:http";
import type { GraphQLParams } from "graphql-yoga";
import type { Viewer } from "../../domain/access/access.js";
import { readJsonSteps } from "../../domain/document/json/readJson.js";
import { PLACE_RETRY_AFTER_MS } from "../../limits/rates/rateLimited.js";
import type { Paced } from "../../live/pace.js";
import { namesDocument } from "./persistedDocuments.js";
import { readBody, type BodyLimits } from "../readBody.js";
import { HttpRefusal } from "../respond.js";

export interface ParamsLimits {
  readonly httpBodyBytesMax: number;
  /** Of who is not signed in: reading a large body takes others' time, and the limits on people do not hold yet. */
  readonly httpAnonymousBodyBytesMax: number;
  readonly httpBodyValuesMax: number;
  readonly graphqlBatchMax: number;
}

/** One request's parameters, or those of a batch. */
export type ReceivedParams = GraphQLParams | readonly GraphQLParams[];

/** Who sends a request, and what it is held to. */
export interface Reception {
  readonly viewer: Viewer;
  readonly limits: ParamsLimits;
  readonly pace: Paced;
  /** Counts a body of at most so many bytes until the function that is given is called; undefined for one too many. */
  readonly enter: (bytes: number) => (() => void) | undefined;
}

/** Reads them. Rejects with HttpRefusal (400, 405, 413, 415, 429) or ClientGone. */
export async function receiveParams(
  request: IncomingMessage,
  query: URLSearchParams,
  reception: Reception,
): Promise<ReceivedParams> {
  if (request.method === "GET") {
    requirePreflight(request);
    return paramsOfQuery(query);
  }
  if (request.method !== "POST") {
    throw new HttpRefusal(405, "METHOD_NOT_ALLOWED", "use POST or GET", { allow: "GET, POST" });
  }
  requireJson(request);
  const value = await receiveBody(request, reception);
  if (!Array.isArray(value)) return paramsOf(value);
  return paramsOfBatch(value, reception.limits.graphqlBatchMax);
}

/** A body is in memory from its first byte on, however slowly the rest comes: room for all of it is taken before. */
async function receiveBody(
  request: IncomingMessage,
  { viewer, limits, pace, enter }: Reception,
): Promise<unknown> {
  const bounds = limitsOf(viewer, limits);
  const announced = request.headers["content-length"];
  const bytes = announced === undefined ? bounds.bytesMax : Number(announced);
  const leave = bytes > bounds.bytesMax ? undefined : enter(bytes);
  try {
    if (leave === undefined && bytes <= bounds.bytesMax) {
      const message = "too many large requests are being sent concurrently";
      throw new HttpRefusal(429, "RATE_LIMITED", message, {}, PLACE_RETRY_AFTER_MS);
    }
    return await parseBody(await readBody(request, bounds, pace), pace);
  } finally {
    leave?.();
  }
}

function limitsOf({ kind }: Viewer, limits: ParamsLimits): BodyLimits {
  const { httpBodyBytesMax: all, httpAnonymousBodyBytesMax: anonymous } = limits;
  const bytesMax = kind === "user" ? all : Math.min(all, anonymous);
  return { bytesMax, valuesMax: limits.httpBodyValuesMax };
}

/** A browser sends this type to another origin only after that origin agreed: no page can post on a user's behalf. */
function requireJson({ headers }: IncomingMessage): void {
  const [type = "", ...parameters] = (headers["content-type"] ?? "").toLowerCase().split(";");
  const charset = parameters.map((part) => part.trim()).find((part) => part.startsWith("charset="));
  const isUtf8 = charset === undefined || /^charset="?utf-?8"?$/.test(charset);
  if (type.trim() !== "application/json" || !isUtf8) {
    throw new HttpRefusal(
      415,
      "UNSUPPORTED_MEDIA_TYPE",
      "the body must be application/json in UTF-8",
    );
  }
  const encoding = headers["content-encoding"] ?? "identity";
  if (encoding !== "identity") {
    throw new HttpRefusal(415, "UNSUPPORTED_MEDIA_TYPE", "compressed bodies are not accepted");
  }
}

function paramsOfBatch(values: readonly unknown[], batchMax: number): readonly GraphQLParams[] {
  if (batchMax <= 1)
    throw badRequest("lists of requests are not accepted; send one per HTTP request");
  if (values.length === 0) throw badRequest("the list of requests is empty");
  if (values.length > batchMax) {
    throw new HttpRefusal(413, "PAYLOAD_TOO_LARGE", `a list has at most ${batchMax} requests`);
  }
  return values.map(paramsOf);
}

function paramsOfQuery(query: URLSearchParams): GraphQLParams {
  const { variables, extensions, ...texts } = Object.fromEntries(query);
  return paramsOf({
    ...texts,
    ...(variables === undefined ? {} : { variables: parseJson(variables, "variables") }),
    ...(extensions === undefined ? {} : { extensions: parseJson(extensions, "extensions") }),
  });
}

/** Only the form: what they hold is checked by GraphQL. */
function paramsOf(value: unknown): GraphQLParams {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw badRequest("a request is an object with query, variables and operationName");
  }
  const { query, operationName } = value as GraphQLParams;
  if (query != null && typeof query !== "string") throw badRequest("query must be a string");
  if (!namesDocument(value)) throw badRequest("query must be a string");
  if (operationName != null && typeof operationName !== "string") {
    throw badRequest("operationName must be a string");
  }
  return value as GraphQLParams;
}

async function parseBody(text: string, pace: Paced): Promise<unknown> {
  try {
    return await pace.taken(readJsonSteps(text));
  } catch (error) {
    if (error instanceof SyntaxError) throw badRequest("the body must be JSON");
    throw error;
  }
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw badRequest(`${what} must be JSON`);
  }
}

function badRequest(message: string): HttpRefusal {
  return new HttpRefusal(400, "BAD_REQUEST", message);
}

/** Headers that no page can send to another origin unless that origin allowed it in a preflight. */
const PREFLIGHTED = ["authorization", "apollo-require-preflight", "graphql-require-preflight"];

/**
 * Throws HttpRefusal (400) for a GET that a page of another site could have made a browser send. A browser asks before it
 * sends what a form cannot send; what it sends without asking is refused.
 */
function requirePreflight({ headers }: IncomingMessage): void {
  const site = headers["sec-fetch-site"];
  if (site === "same-origin" || site === "none") return;
  if (PREFLIGHTED.some((name) => headers[name] !== undefined)) return;
  if (headers["content-type"]?.startsWith("application/json") === true) return;
  const message = "a GET request requires the header graphql-require-preflight; otherwise use POST";
  throw new HttpRefusal(400, "CROSS_SITE_REQUEST", message);
}
