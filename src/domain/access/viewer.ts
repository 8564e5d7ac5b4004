/** The viewer of a request: who it comes from, and what its credentials are limited to. */

export type Viewer =
  | { readonly kind: "anonymous" }
  | Guest
  | {
      readonly kind: "user";
      readonly userId: string;
      /** What the API token may be used for that was shown; absent where the person signed in. */
      readonly scopes?: readonly Scope[];
      /** What that token is limited to; absent where it is not. */
      readonly limits?: readonly TokenLimit[];
      /** Whether it is a service account of a team. */
      readonly isService?: true;
      /** What was shown; absent inside of the server. */
      readonly credential?: Credential;
    };

/** Who reads one template without an account, by a share link or because the template is open to all. */
export interface Guest {
  readonly kind: "guest";
  readonly sessionId: string;
  readonly templateId: string;
  /** Null where the template itself is open to guests. */
  readonly shareLinkId: string | null;
}

/**
 * What a token belongs to: a sign-in or an API token, which are good as long as their person has them (`listed`), or
 * nothing that is kept here, such as tokens of an identity provider (`issued`, milliseconds since the epoch).
 */
export type Credential =
  | { readonly kind: "listed"; readonly id: string }
  | { readonly kind: "issued"; readonly at: number };

/** What an API token is limited to, beside what its person may do: one team, one project or one template. */
export interface TokenLimit {
  readonly kind: "team" | "project" | "template";
  readonly id: string;
}

/** What an API token may be used for. WRITE includes READ: whoever changes something is answered with what it is now. */
export const scopes = ["READ", "WRITE"] as const;
export type Scope = (typeof scopes)[number];
