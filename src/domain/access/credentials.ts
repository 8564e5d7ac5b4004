/** What the credentials of a viewer are good for and for how long, whatever the viewer may do. */
import type { Credential, Viewer } from "./viewer.js";

/**
 * What a field at the API's roots asks of credentials:
 * - `nothing`: whoever asks proves in the field's own input who they are
 * - `read`, `write`: everything but accounts
 * - `session`: accounts and their tokens, which only who signed in in person manages
 */
export type CredentialNeed = "nothing" | "read" | "write" | "session";

/** Whether the viewer's credentials are good for it. Nobody's are: what that means the field itself says. */
export function decideScope(viewer: Viewer, need: CredentialNeed): boolean {
  if (viewer.kind !== "user" || viewer.scopes === undefined) return true;
  switch (need) {
    case "nothing":
      return true;
    case "read":
      return viewer.scopes.length > 0;
    case "write":
      return viewer.scopes.includes("WRITE");
    case "session":
      return false;
  }
}

/** What somebody showed who makes credentials that last: these are made only while it holds. */
export interface Maker {
  readonly userId: string;
  readonly credential: Credential;
}

/** What the viewer showed; undefined where nothing was, as inside of the server. */
export function makerOf(viewer: Viewer): Maker | undefined {
  if (viewer.kind !== "user" || viewer.credential === undefined) return undefined;
  return { userId: viewer.userId, credential: viewer.credential };
}

/** What of a person's credentials still holds. */
export interface Standing {
  /** The ids of their sign-ins and API tokens. */
  readonly listed: ReadonlySet<string>;
  /** What was issued up to then is over; null where they never signed out everywhere. Milliseconds since the epoch. */
  readonly validAfter: number | null;
}

/** Whether a credential holds; `standing` is undefined where the account is gone. */
export function isLive(credential: Credential, standing: Standing | undefined): boolean {
  if (standing === undefined) return false;
  switch (credential.kind) {
    case "listed":
      return standing.listed.has(credential.id);
    case "issued":
      return standing.validAfter === null || credential.at > standing.validAfter;
  }
}
