/**
 * Documents that were agreed on beforehand and are asked for by their SHA-256. A server that requires them runs
 * nothing else; no request adds any.
 */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { GraphQLError } from "graphql";
import { z } from "zod";
import { StartError } from "../../platform/startError.js";

export type PersistedMode = "off" | "allow" | "require";

/** What a request names its document by: its text, `documentId`, or Apollo's `extensions.persistedQuery`. */
export interface DocumentRequest {
  readonly query?: string | undefined;
  readonly documentId?: unknown;
  readonly extensions?: unknown;
}

/** The text to run. Throws GraphQLError. */
export type FindDocument = (request: DocumentRequest) => string;

const manifestSchema = z.record(z.string(), z.string());
const persistedQuery = z.object({ persistedQuery: z.object({ sha256Hash: z.string() }) });

/** Without a manifest, or with those of one. */
export function createFindDocument(
  mode: PersistedMode,
  documents: ReadonlyMap<string, string>,
): FindDocument {
  return (request) => {
    const { query = "" } = request;
    if (mode === "off" || (mode === "allow" && query !== "")) return query;
    const id = documentIdOf(request);
    if (id === undefined) {
      if (mode === "allow") return query;
      throw refusal(
        "PERSISTED_DOCUMENT_REQUIRED",
        "only persisted documents are accepted; send documentId",
      );
    }
    const text = documents.get(id);
    if (text !== undefined) return text;
    throw refusal("PERSISTED_DOCUMENT_NOT_FOUND", "persisted document not found");
  };
}

/** Whether the request names a document at all, by text or id. */
export function namesDocument(request: DocumentRequest): boolean {
  return typeof request.query === "string" || documentIdOf(request) !== undefined;
}

/** The lower-case SHA-256 that a request names, with or without `sha256:` before it. */
function documentIdOf({ documentId, extensions }: DocumentRequest): string | undefined {
  const id =
    typeof documentId === "string"
      ? documentId
      : persistedQuery.safeParse(extensions).data?.persistedQuery.sha256Hash;
  return id?.replace(/^sha256:/, "").toLowerCase();
}

/** The manifest: an object of texts by their SHA-256. Throws StartError where it is not that. */
export function readManifest(path: string): ReadonlyMap<string, string> {
  const documents = new Map<string, string>();
  for (const [key, text] of Object.entries(parseManifest(path))) {
    const hash = createHash("sha256").update(text).digest("hex");
    if (key.replace(/^sha256:/, "").toLowerCase() !== hash) {
      throw new StartError(
        `PERSISTED_DOCUMENTS_FILE: ${path}: ${key} is not the SHA-256 of its document`,
      );
    }
    documents.set(hash, text);
  }
  return documents;
}

function parseManifest(path: string): { readonly [hash: string]: string } {
  let value: unknown;
  try {
    value = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    throw new StartError(`PERSISTED_DOCUMENTS_FILE: ${path} cannot be read as JSON`, {
      cause: error,
    });
  }
  const parsed = manifestSchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new StartError(
    `PERSISTED_DOCUMENTS_FILE: ${path} must be an object of documents by SHA-256`,
  );
}

function refusal(code: string, message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code, http: { spec: true, status: 400 } } });
}
