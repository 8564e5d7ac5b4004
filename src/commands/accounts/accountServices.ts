/** What commands on accounts work with; wired once in server.ts. */
import type { SignUpPolicy } from "./signUpPolicy.js";
import type { Scope, Credential, TokenLimit } from "../../domain/access/viewer.js";
import type { CredentialStore } from "../../storage/credentials/credentialStore.js";

export interface AccountServices {
  readonly credentials: CredentialStore;
  readonly standings: Standings;
  readonly verify: VerifyToken;
  readonly settings: AccountSettings;
}

export interface AccountSettings {
  /** How long a person stays signed in without refreshing. */
  readonly refreshLifetimeMs: number;
  /** With one more, the oldest ends. */
  readonly signInsPerUserMax: number;
  readonly apiTokensPerUserMax: number;
  /** How long a link to set a new password can be used. */
  readonly passwordResetLifetimeMs: number;
  readonly signUp: SignUpPolicy;
  /** The origin that links for people begin with; undefined where it is not configured. */
  readonly publicUrl: string | undefined;
}

/** What holds of people's credentials, as far as a node knows: never older than half a second while the database is there. */
export interface Standings {
  /** Whether it holds. What does not will not again. Rejects with StorageUnavailable where nothing is known. */
  holds(userId: string, credential: Credential): Promise<boolean>;
  /** Calls `ended` once, when it no longer holds; until the returned function is called. */
  watch(userId: string, credential: Credential, ended: () => void): () => void;
  /** Calls `ended` with a person's id whenever something that a connection of theirs to this node showed no longer holds. */
  listen(ended: (userId: string) => void): void;
  /** Something of this person's was ended here: those who watch hear of it at once. */
  changed(userId: string): void;
}

/**
 * What a token of any kind proves; undefined for what is none. Rejects where that cannot be told now, and with
 * `SignUpRefused` where a provider knows its person and no account is made for them.
 */
export type VerifyToken = (token: string) => Promise<TokenProof | undefined>;

export interface TokenProof {
  readonly userId: string;
  readonly expiresAt: number;
  /** What it holds as long as. */
  readonly credential: Credential;
  /** What it may be used for; absent where its person signed in. */
  readonly scopes?: readonly Scope[];
  /** What it is limited to; absent where it is not. */
  readonly limits?: readonly TokenLimit[];
  /** Whether it is of a service account. */
  readonly isService?: true;
  /** To be told of each use. */
  readonly used?: () => void;
}
