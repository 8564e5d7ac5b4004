/** The sessions of one node: memory first, then the store. Nothing here is per operation or per move of a cursor. */
import type { Viewer } from "../domain/access/access.js";
import type { Clock } from "../platform/clock.js";
import type { SessionStore } from "../storage/sessions/sessionStore.js";
import type { AccessReader } from "../storage/access/accessReader.js";
import { StorageUnavailable } from "../storage/storageUnavailable.js";
import type { TemplateHead } from "../storage/templates/templateStore.js";
import type { ChangeBus } from "../bus/changeBus.js";
import { AccessWatch } from "./accessWatch.js";
import { Heartbeat } from "./heartbeat.js";
import { KnownSessions } from "./knownSessions.js";
import { leaseMsOf, type SessionSettings } from "./sessionSettings.js";
import type {
  JoinRequest,
  Joining,
  Session,
  SessionEnd,
  SessionListener,
  Sessions,
} from "./sessions.js";
import { createHash, randomBytes } from "node:crypto";

export interface NodeSessionsParts {
  readonly nodeId: string;
  readonly store: SessionStore;
  readonly bus: Pick<ChangeBus, "subscribe">;
  /** The head as of the call or later; lookups of one moment share a query. */
  readonly head: (templateId: string) => Promise<TemplateHead | undefined>;
  readonly access: Pick<AccessReader, "granted">;
  readonly clock: Clock;
  readonly newId: () => string;
  readonly settings: SessionSettings;
  readonly warn: (message: string, error: unknown) => void;
}

export class NodeSessions implements Sessions {
  readonly #parts: NodeSessionsParts;
  readonly #leaseMs: number;
  readonly #access: AccessWatch;
  readonly #known: KnownSessions;
  readonly #heartbeat: Heartbeat;
  readonly #listeners = new Set<SessionListener>();

  constructor(parts: NodeSessionsParts) {
    const { store, bus, head, access, settings } = parts;
    this.#parts = parts;
    this.#leaseMs = leaseMsOf(settings);
    const ended = (session: Session, reason: SessionEnd) => this.#end(session, reason);
    const warn = (message: string, error: unknown) => this.#warn(message, error);
    const doubted = (templateId: string, ids?: readonly string[]) =>
      void this.#heartbeat.verify(ids ?? this.#known.idsOf(templateId));
    this.#access = new AccessWatch({
      ...{ store, bus, head, access, ended, doubted, warn },
      checked: (templateId) => this.#tell((listener) => listener.accessChanged?.(templateId)),
    });
    this.#known = new KnownSessions(this.#access, settings.knownSessionsMax);
    this.#heartbeat = new Heartbeat({
      ...parts,
      known: this.#known,
      access: this.#access,
      ended,
      renewed: (sessions) => this.#tell((listener) => listener.renewed?.(sessions)),
      gone: (session) => this.#tell((listener) => listener.gone?.(session)),
      warn,
    });
  }

  /** Begins to renew the sessions that this node holds, and to end those that no node does. */
  start(): void {
    this.#heartbeat.start();
  }

  /** The sessions stay: their clients take them over on another node, or on this one when it is back. */
  close(): void {
    this.#heartbeat.stop();
    this.#access.close();
  }

  async join(request: JoinRequest): Promise<Joining> {
    const joining = (await this.#resume(request)) ?? (await this.#open(request));
    if (joining.kind === "full") return joining;
    const { session, resumed } = joining;
    // Whoever was shut out between the check of access and this moment shows in the head.
    void this.#access.checkOpened(session);
    this.#tell((listener) => listener.started?.(session, resumed));
    return joining;
  }

  async find(token: string, viewer: Viewer): Promise<Session | undefined> {
    const tokenHash = sessionTokenHash(token);
    if (tokenHash === undefined || viewer.kind !== "user") return undefined;
    const known = this.#known.find(tokenHash, viewer.userId);
    if (known !== undefined) return known;
    const stored = await this.#parts.store.touch(tokenHash, viewer.userId, this.#leaseMs);
    if (stored !== undefined) this.#known.add(stored, tokenHash);
    return stored;
  }

  /** Access to the template changed through this node: ends the sessions of those whom it shuts out, held or not. */
  checkAccess(templateId: string): void {
    void this.#access.check(templateId);
  }

  /** Something that the person was signed in with ended: sessions of theirs on this node may be over with it. */
  checkPerson(userId: string): void {
    void this.#heartbeat.verify(this.#known.idsOfPerson(userId));
  }

  hold(session: Session): () => void {
    return this.#known.hold(session);
  }

  serves(sessionId: string): boolean {
    return this.#known.has(sessionId);
  }

  acknowledge(session: Session, version: number): void {
    this.#known.acknowledge(session, version);
  }

  async leave({ templateId, id }: Session): Promise<boolean> {
    const [left] = await this.#parts.store.end(templateId, [id]);
    this.#known.forget(id);
    if (left !== undefined) this.#end(left, "LEFT");
    return left !== undefined;
  }

  async leaveAll(userId: string): Promise<void> {
    for (const left of await this.#parts.store.endAllOf(userId)) this.#end(left, "LEFT");
  }

  list(templateId: string): Promise<Session[]> {
    return this.#parts.store.list(templateId);
  }

  listen(listener: SessionListener): () => void {
    const own = { ...listener };
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  async #resume(request: JoinRequest): Promise<Joining | undefined> {
    const { token, templateId, userId, clientId, version, limits } = request;
    const tokenHash = token === null ? undefined : sessionTokenHash(token);
    if (token === null || tokenHash === undefined) return undefined;
    const session = await this.#parts.store.resume({
      ...{ tokenHash, templateId, userId, clientId },
      nodeId: this.#parts.nodeId,
      lastKnownVersion: version,
      leaseMs: this.#leaseMs,
      ...(limits !== undefined && { limits }),
    });
    if (session === undefined) return undefined;
    this.#known.add(session, tokenHash);
    return { kind: "joined", session, token, resumed: true };
  }

  async #open({ templateId, userId, clientId, version, limits }: JoinRequest): Promise<Joining> {
    const { store, nodeId, newId, settings } = this.#parts;
    const token = newSessionToken();
    const tokenHash = sessionTokenHash(token);
    if (tokenHash === undefined) throw new Error("a new token has the form of tokens");
    const opening = await store.open({
      ...{ id: newId(), templateId, userId, clientId, nodeId, tokenHash },
      ...(limits !== undefined && limits.length > 0 && { limits }),
      lastKnownVersion: version,
      leaseMs: this.#leaseMs,
      palette: sessionColors,
      bounds: settings,
    });
    if (opening.kind === "full") return { kind: "full", retryAfterMs: settings.sessionGraceMs };
    this.#known.add(opening.session, tokenHash);
    return { kind: "joined", session: opening.session, token, resumed: false };
  }

  #end(session: Session, reason: SessionEnd): void {
    this.#known.forget(session.id);
    this.#tell((listener) => listener.ended?.(session, reason));
  }

  /** What one listener throws harms no other, and no session. */
  #tell(notify: (listener: SessionListener) => void): void {
    for (const listener of this.#listeners) {
      try {
        notify(listener);
      } catch (error) {
        this.#warn("a listener to sessions failed", error);
      }
    }
  }

  /** A database that is away is told of where it matters. */
  #warn(message: string, error: unknown): void {
    if (!(error instanceof StorageUnavailable)) this.#parts.warn(message, error);
  }
}

const form = /^[\w-]{43}$/;

/** A session token: 256 random bits. Only its SHA-256 is kept, in the database and in memory alike. */
function newSessionToken(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * What is kept of a token, as hex; undefined for what cannot be one. It is looked up as it is: how long that takes
 * tells of the hash, from which nobody gets to the token.
 */
function sessionTokenHash(token: string): string | undefined {
  return form.test(token) ? createHash("sha256").update(token).digest("hex") : undefined;
}

/**
 * The colours of sessions. Each was chosen as far as can be from those before it in OKLab, which is as different as eyes
 * see it, among colours that carry white text (contrast 3.6 : 1 and more): no two are nearer than 0.12.
 */
const sessionColors: readonly string[] = [
  "#0072b2",
  "#ed391a",
  "#6b1424",
  "#c755e0",
  "#49920f",
  "#2307aa",
  "#04510e",
  "#823094",
  "#89614d",
  "#324263",
  "#6b61fa",
  "#cb1982",
  "#897fa7",
  "#a51e27",
  "#a48118",
  "#1447d3",
];
