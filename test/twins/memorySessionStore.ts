/** The twin of the sessions' store, in memory. */
import type {
  NewSession,
  Renewal,
  Resumption,
  Session,
  SessionOpening,
  SessionStore,
} from "../../src/storage/sessions/sessionStore.js";

interface Row extends Session {
  readonly tokenHash: string;
}

export class MemorySessionStore implements SessionStore {
  private rows: Row[] = [];

  /** `now` is the store's clock; `released` takes the locks of a session that was removed. */
  constructor(
    private readonly now: () => number,
    private readonly released: (session: Session) => Promise<void> = async () => {},
  ) {}

  /** Whether the session is there. */
  has({ templateId, id }: Pick<Session, "templateId" | "id">): boolean {
    return this.rows.some((row) => row.templateId === templateId && row.id === id);
  }

  async open(wanted: NewSession): Promise<SessionOpening> {
    const { palette, bounds, leaseMs, ...session } = wanted;
    const live = this.rows.filter((row) => this.isLive(row));
    const here = live.filter(({ templateId }) => templateId === session.templateId);
    const own = ({ userId }: Row) => userId === session.userId;
    const isFull =
      here.length >= bounds.sessionsPerTemplateMax ||
      live.filter(own).length >= bounds.sessionsPerUserMax ||
      here.filter(own).length >= bounds.sessionsPerUserAndTemplateMax;
    if (isFull) return { kind: "full" };
    const now = this.now();
    const row = {
      ...session,
      color: leastUsed(palette, here),
      joinedAt: now,
      lastActiveAt: now,
      expiresAt: now + leaseMs,
    };
    this.rows.push(row);
    return { kind: "opened", session: shown(row) };
  }

  async resume(resumption: Resumption): Promise<Session | undefined> {
    const { tokenHash, templateId, userId, clientId, nodeId, lastKnownVersion, leaseMs } =
      resumption;
    const { limits } = resumption;
    return this.change(
      (row) =>
        row.tokenHash === tokenHash &&
        row.templateId === templateId &&
        row.userId === userId &&
        row.clientId === clientId &&
        this.isLive(row),
      (row) => ({
        ...withoutLimits(this.alive(row, leaseMs)),
        nodeId,
        ...(limits !== undefined && limits.length > 0 && { limits }),
        lastKnownVersion: Math.max(row.lastKnownVersion, lastKnownVersion),
      }),
    )[0];
  }

  async touch(tokenHash: string, userId: string, leaseMs: number): Promise<Session | undefined> {
    return this.change(
      (row) => row.tokenHash === tokenHash && row.userId === userId && this.isLive(row),
      (row) => this.alive(row, leaseMs),
    )[0];
  }

  async list(templateId: string): Promise<Session[]> {
    const here = this.rows.filter((row) => row.templateId === templateId && this.isLive(row));
    return here.toSorted((a, b) => a.joinedAt - b.joinedAt || (a.id < b.id ? -1 : 1)).map(shown);
  }

  async renew(renewals: readonly Renewal[], leaseMs: number): Promise<Session[]> {
    return renewals.flatMap(({ templateId, id, lastKnownVersion, isActive }) =>
      this.change(
        (row) => row.templateId === templateId && row.id === id,
        (row) => {
          const { lastActiveAt, expiresAt } = this.alive(row, leaseMs);
          return {
            ...row,
            ...(isActive && { lastActiveAt }),
            expiresAt,
            lastKnownVersion: Math.max(row.lastKnownVersion, lastKnownVersion),
          };
        },
      ),
    );
  }

  async end(templateId: string, ids: readonly string[]): Promise<Session[]> {
    return this.remove((row) => row.templateId === templateId && ids.includes(row.id), ids.length);
  }

  async endAllOf(userId: string): Promise<Session[]> {
    return this.remove((row) => row.userId === userId, Infinity);
  }

  async endExpired(limit: number): Promise<Session[]> {
    return this.remove((row) => !this.isLive(row), limit);
  }

  private isLive(row: Row): boolean {
    return row.expiresAt > this.now();
  }

  private alive(row: Row, leaseMs: number): Row {
    const now = this.now();
    return { ...row, lastActiveAt: now, expiresAt: now + leaseMs };
  }

  private change(choose: (row: Row) => boolean, next: (row: Row) => Row): Session[] {
    const changed: Session[] = [];
    this.rows = this.rows.map((row) => {
      if (!choose(row)) return row;
      const after = next(row);
      changed.push(shown(after));
      return after;
    });
    return changed;
  }

  private async remove(choose: (row: Row) => boolean, limit: number): Promise<Session[]> {
    const gone = new Set(this.rows.filter(choose).slice(0, limit));
    this.rows = this.rows.filter((row) => !gone.has(row));
    const sessions = [...gone].map(shown);
    for (const session of sessions) await this.released(session);
    return sessions;
  }
}

function withoutLimits({ limits: _limits, ...row }: Row): Row {
  return row;
}

function shown(row: Row): Session {
  const { tokenHash: _, ...session } = row;
  return session;
}

function leastUsed(palette: readonly string[], sessions: readonly Row[]): string {
  const uses = (color: string) => sessions.filter((session) => session.color === color).length;
  const [first] = palette.toSorted((a, b) => uses(a) - uses(b));
  if (first === undefined) throw new Error("a palette has at least one colour");
  return first;
}
