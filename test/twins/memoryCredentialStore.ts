/** The twin of the store of sign-ins and API tokens, in memory. */
import { isLive, type Maker, type Standing } from "../../src/domain/access/credentials.js";
import type {
  ApiTokenAddition,
  ApiTokenRecord,
  CredentialStore,
  NewApiToken,
  NewOneTimeToken,
  NewSignIn,
  PasswordReset,
  Rotated,
  Rotation,
  ShownApiToken,
} from "../../src/storage/credentials/credentialStore.js";
import type { UserStore } from "../../src/storage/accounts/userStore.js";

interface SignInRow {
  readonly id: string;
  readonly userId: string;
  readonly createdAt: number;
  expiresAt: number;
}

interface RefreshRow {
  readonly signInId: string;
  usedAt: number | null;
  sealedSuccessor: string | null;
}

export class MemoryCredentialStore implements CredentialStore {
  private readonly signInRows = new Map<string, SignInRow>();
  private readonly refreshRows = new Map<string, RefreshRow>();
  private readonly tokens = new Map<string, ApiTokenRecord & { readonly tokenHash: string }>();
  private readonly validAfter = new Map<string, number>();
  /** By the token's hash. */
  private readonly oneTimeTokens = new Map<
    string,
    NewOneTimeToken & { readonly generation: number }
  >();

  /** What belongs to accounts that are gone is gone. */
  constructor(
    private readonly users: Pick<UserStore, "findById" | "changePassword" | "confirmEmail"> & {
      /** Grows with what ends one-time tokens. */
      readonly generationOf?: (id: string) => number;
    },
  ) {}

  async signIn(signIn: NewSignIn): Promise<boolean> {
    const { id, userId, refreshHash, passwordHash, now, expiresAt, signInsMax } = signIn;
    const user = await this.users.findById(userId);
    if (user?.passwordHash !== passwordHash || user.disabledAt !== null) return false;
    const others = [...this.signInRows.values()].filter((row) => row.userId === userId);
    const live = others.filter((row) => row.expiresAt > now).reverse();
    for (const row of others.filter((row) => !live.slice(0, signInsMax - 1).includes(row))) {
      this.end(row.id);
    }
    this.signInRows.set(id, { id, userId, createdAt: now, expiresAt });
    this.refreshRows.set(refreshHash, { signInId: id, usedAt: null, sealedSuccessor: null });
    return true;
  }

  async rotate(rotation: Rotation): Promise<Rotated> {
    const { hash, successorHash, sealedSuccessor, now, expiresAt, graceMs } = rotation;
    const token = this.refreshRows.get(hash);
    const signIn = token && (await this.signInOf(token));
    if (token === undefined || signIn === undefined || signIn.expiresAt <= now) {
      return { kind: "unknown" };
    }
    const { id: signInId, userId } = signIn;
    if (token.usedAt === null) {
      for (const row of this.refreshRows.values()) {
        if (row.signInId === signInId) row.sealedSuccessor = null;
      }
      Object.assign(token, { usedAt: now, sealedSuccessor });
      this.refreshRows.set(successorHash, { signInId, usedAt: null, sealedSuccessor: null });
      signIn.expiresAt = expiresAt;
      return { kind: "rotated", userId, signInId };
    }
    if (token.sealedSuccessor !== null && now - token.usedAt <= graceMs) {
      const sealed = token.sealedSuccessor;
      const { expiresAt } = signIn;
      return { kind: "repeated", userId, signInId, sealedSuccessor: sealed, expiresAt };
    }
    this.end(signInId);
    return { kind: "reused", userId };
  }

  async signOut(refreshHash: string): Promise<string | undefined> {
    const token = this.refreshRows.get(refreshHash);
    const signIn = token && (await this.signInOf(token));
    if (signIn !== undefined) this.end(signIn.id);
    return signIn?.userId;
  }

  async endAll(userId: string, now: number, apiTokens: boolean): Promise<void> {
    this.validAfter.set(userId, Math.max(this.validAfter.get(userId) ?? now, now));
    for (const row of [...this.signInRows.values()]) if (row.userId === userId) this.end(row.id);
    if (!apiTokens) return;
    for (const token of await this.apiTokens(userId)) this.tokens.delete(token.id);
  }

  private async stands(maker: Maker | undefined, now: number): Promise<boolean> {
    if (maker === undefined) return true;
    const standings = await this.standings([maker.userId], now);
    return isLive(maker.credential, standings.get(maker.userId));
  }

  async addOneTimeToken(token: NewOneTimeToken): Promise<boolean> {
    if (!(await this.stands(token.maker, token.createdAt))) return false;
    const user = await this.users.findById(token.userId);
    if (user === undefined || user.disabledAt !== null) return false;
    for (const [hash, { userId, purpose }] of this.oneTimeTokens) {
      if (userId === token.userId && purpose === token.purpose) this.oneTimeTokens.delete(hash);
    }
    const generation = this.users.generationOf?.(token.userId) ?? 0;
    this.oneTimeTokens.set(token.tokenHash, { ...token, generation });
    return true;
  }

  async findOneTimeToken({
    tokenHash,
    purpose,
    now,
  }: Parameters<CredentialStore["findOneTimeToken"]>[0]): Promise<string | undefined> {
    const token = this.oneTimeTokens.get(tokenHash);
    if (token === undefined || token.purpose !== purpose || token.expiresAt <= now)
      return undefined;
    if (token.generation !== (this.users.generationOf?.(token.userId) ?? 0)) return undefined;
    const user = await this.users.findById(token.userId);
    return user === undefined || user.disabledAt !== null ? undefined : user.id;
  }

  async resetPassword({ tokenHash, passwordHash, now }: PasswordReset) {
    const userId = await this.findOneTimeToken({ tokenHash, purpose: "PASSWORD_RESET", now });
    const user = userId === undefined ? undefined : await this.users.findById(userId);
    const shown = this.oneTimeTokens.get(tokenHash);
    if (user === undefined || !this.oneTimeTokens.delete(tokenHash)) return undefined;
    await this.users.changePassword(user.id, user.passwordHash ?? "", passwordHash);
    if (shown?.provesEmail) await this.users.confirmEmail(user.id, user.email ?? "", now);
    await this.endAll(user.id, now, false);
    return user.id;
  }

  async dropExpiredOneTimeTokens(now: number): Promise<number> {
    const before = this.oneTimeTokens.size;
    for (const [hash, { expiresAt }] of this.oneTimeTokens) {
      if (expiresAt <= now) this.oneTimeTokens.delete(hash);
    }
    return before - this.oneTimeTokens.size;
  }

  /** It knows nothing that a token could be limited to. */
  async addApiToken({ apiTokensMax, maker, ...token }: NewApiToken): Promise<ApiTokenAddition> {
    if (!(await this.stands(maker, token.createdAt))) return "ended";
    const user = await this.users.findById(token.userId);
    if (user === undefined || user.disabledAt !== null) return "unusable";
    // Nothing else gets its turn between the count and the addition.
    const live = [...this.tokens.values()].filter(
      ({ userId, expiresAt }) => userId === token.userId && expiresAt > token.createdAt,
    );
    if (live.length >= apiTokensMax) return "full";
    this.tokens.set(token.id, { ...token, lastUsedAt: null });
    return "added";
  }

  async findApiToken(tokenHash: string): Promise<ShownApiToken | undefined> {
    const token = [...this.tokens.values()].find((token) => token.tokenHash === tokenHash);
    const user = token && (await this.users.findById(token.userId));
    if (token === undefined || user === undefined) return undefined;
    const { kind, serviceTeamId } = user;
    return { ...recordOf(token), isService: kind === "SERVICE", serviceTeamId };
  }

  async apiTokens(userId: string): Promise<ApiTokenRecord[]> {
    if ((await this.users.findById(userId)) === undefined) return [];
    const own = [...this.tokens.values()].filter((token) => token.userId === userId);
    return own.reverse().map(recordOf);
  }

  async removeApiToken(userId: string, id: string): Promise<boolean> {
    return this.tokens.get(id)?.userId === userId && this.tokens.delete(id);
  }

  async apiTokenUsed(id: string, now: number): Promise<void> {
    const token = this.tokens.get(id);
    if (token !== undefined) this.tokens.set(id, { ...token, lastUsedAt: now });
  }

  async standings(userIds: readonly string[], now: number): Promise<ReadonlyMap<string, Standing>> {
    const standings = new Map<string, Standing>();
    for (const userId of userIds) {
      const user = await this.users.findById(userId);
      if (user === undefined || user.disabledAt !== null) continue;
      if (user.kind === "SERVICE" && user.serviceTeamId === null) continue;
      const rows = [...this.signInRows.values(), ...this.tokens.values()];
      const live = rows.filter((row) => row.userId === userId && row.expiresAt > now);
      const validAfter = this.validAfter.get(userId) ?? null;
      standings.set(userId, { listed: new Set(live.map(({ id }) => id)), validAfter });
    }
    return standings;
  }

  private async signInOf({ signInId }: RefreshRow): Promise<SignInRow | undefined> {
    const signIn = this.signInRows.get(signInId);
    const user = signIn && (await this.users.findById(signIn.userId));
    return user && signIn;
  }

  private end(signInId: string): void {
    this.signInRows.delete(signInId);
    for (const [hash, row] of this.refreshRows) {
      if (row.signInId === signInId) this.refreshRows.delete(hash);
    }
  }
}

function recordOf(token: ApiTokenRecord): ApiTokenRecord {
  const { id, userId, name, scopes, createdAt, expiresAt, lastUsedAt, limit } = token;
  return { id, userId, name, scopes: [...scopes], createdAt, expiresAt, lastUsedAt, limit };
}
