/**
 * The port to what people prove with who they are, beside passwords: sign-ins with their refresh tokens, and API tokens.
 * Of tokens only SHA-256 hashes are kept, as lower-case hex here. Instants are milliseconds since the epoch and come from
 * the caller. Adapters (Prisma, memory) pass one contract suite (test/contracts/credentialStore.ts).
 */
import type { Maker, Standing } from "../../domain/access/credentials.js";
import type { Scope, TokenLimit } from "../../domain/access/viewer.js";

/** Somebody signs in on a device. */
export interface NewSignIn {
  readonly id: string;
  readonly userId: string;
  readonly refreshHash: string;
  /** What the password was checked against; where the account has another by now, nothing is opened. */
  readonly passwordHash: string | null;
  readonly now: number;
  /** When it ends unless it is refreshed. */
  readonly expiresAt: number;
  /** With one more, the person's oldest end. */
  readonly signInsMax: number;
}

/** A refresh token is shown, and its successor is ready. */
export interface Rotation {
  readonly hash: string;
  readonly successorHash: string;
  /** The successor as only whoever has the token can read it, as hex. */
  readonly sealedSuccessor: string;
  readonly now: number;
  readonly expiresAt: number;
  /** How long after its first use a token may come again, for an answer that was lost. */
  readonly graceMs: number;
}

export type Rotated =
  | { readonly kind: "rotated"; readonly userId: string; readonly signInId: string }
  /** It was used a moment ago and its successor was not: this is that successor. */
  | {
      readonly kind: "repeated";
      readonly userId: string;
      readonly signInId: string;
      readonly sealedSuccessor: string;
      readonly expiresAt: number;
    }
  /** It was used before: two have it. Its sign-in is over now. */
  | { readonly kind: "reused"; readonly userId: string }
  | { readonly kind: "unknown" };

export interface ApiTokenRecord {
  readonly id: string;
  readonly userId: string;
  readonly name: string;
  readonly scopes: readonly Scope[];
  readonly createdAt: number;
  readonly expiresAt: number;
  /** To the minute. */
  readonly lastUsedAt: number | null;
  /** What it is limited to, with which it goes; null where it reaches all that its person does. */
  readonly limit: TokenLimit | null;
}

/** A token that somebody shows. */
export interface ShownApiToken extends ApiTokenRecord {
  /** Whether it is of a service account; then `serviceTeamId` is its team, null where that is gone. */
  readonly isService: boolean;
  readonly serviceTeamId: string | null;
}

export interface NewApiToken extends Omit<ApiTokenRecord, "lastUsedAt"> {
  readonly tokenHash: string;
  readonly apiTokensMax: number;
  /** Whose credential has to hold at that moment; absent inside of the server. */
  readonly maker?: Maker | undefined;
}

/**
 * - "full": the account has `apiTokensMax` already that have not run out
 * - "gone": what it is limited to is not there
 * - "unusable": the account is gone or disabled
 * - "ended": what its maker showed does not hold any more
 */
export type ApiTokenAddition = "added" | "full" | "gone" | "unusable" | "ended";

/** What a one-time token lets its holder do. */
export type OneTimePurpose = "PASSWORD_RESET";

/** A token that takes the place of the account's others with the same purpose. */
export interface NewOneTimeToken {
  readonly tokenHash: string;
  readonly userId: string;
  readonly purpose: OneTimePurpose;
  /** Null for a command of the deployment. */
  readonly createdById: string | null;
  readonly createdAt: number;
  readonly expiresAt: number;
  /** Whether its use proves the address of the account. */
  readonly provesEmail: boolean;
  /** As of an API token. */
  readonly maker?: Maker | undefined;
}

export interface PasswordReset {
  readonly tokenHash: string;
  readonly passwordHash: string;
  readonly now: number;
}

export interface CredentialStore {
  /**
   * Opens a sign-in and removes those of the person that ran out; false where the account is gone or disabled, or its
   * password is another.
   */
  signIn(signIn: NewSignIn): Promise<boolean>;
  /** Takes a refresh token for its successor; of those who show one at the same moment, one rotates. */
  rotate(rotation: Rotation): Promise<Rotated>;
  /** Ends the sign-in that the refresh token, used or not, belongs to; its person, or undefined where there is none. */
  signOut(refreshHash: string): Promise<string | undefined>;
  /** Ends all sign-ins of a person, what was issued before `now`, and with `apiTokens` their API tokens. */
  endAll(userId: string, now: number, apiTokens: boolean): Promise<void>;
  /** False where the account is gone or disabled. */
  addOneTimeToken(token: NewOneTimeToken): Promise<boolean>;
  /** Whose token it is; undefined where it is none that holds. */
  findOneTimeToken(
    token: Pick<NewOneTimeToken, "tokenHash" | "purpose"> & { readonly now: number },
  ): Promise<string | undefined>;
  /**
   * Takes the token for a password, and ends all of the person's sign-ins; whose it was, or undefined where it is none
   * that holds, or the account is disabled. Of those who show one at the same moment, one gets through.
   */
  resetPassword(reset: PasswordReset): Promise<string | undefined>;
  /** Removes those that ran out; how many. */
  dropExpiredOneTimeTokens(now: number): Promise<number>;
  addApiToken(token: NewApiToken): Promise<ApiTokenAddition>;
  findApiToken(tokenHash: string): Promise<ShownApiToken | undefined>;
  /** A person's API tokens, newest first. */
  apiTokens(userId: string): Promise<ApiTokenRecord[]>;
  /** Removes one of the person's API tokens; false where they have no such. */
  removeApiToken(userId: string, id: string): Promise<boolean>;
  apiTokenUsed(id: string, now: number): Promise<void>;
  /** What holds of the people's credentials at `now`, by id; who has no account, or a disabled one, is left out. */
  standings(userIds: readonly string[], now: number): Promise<ReadonlyMap<string, Standing>>;
}
