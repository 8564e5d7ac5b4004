/** Subscriptions of one client over a WebSocket of its own, as graphql-ws makes it; a node that stands still is noticed by pings. */
import { createClient } from "graphql-ws";
import WebSocket from "ws";
import type { Variables } from "./api.js";
import type { ChaosNode } from "./chaosNode.js";
import {
  PRESENCE_CHANGED,
  TEMPLATE_CHANGED,
  type PresenceChange,
  type TemplateChange,
} from "./documents.js";

const PING_MS = 2_000;
const PONG_MS_MAX = 2_000;

export interface SubscriptionOptions {
  readonly node: ChaosNode;
  readonly token: string;
  readonly templateId: string;
  readonly fromVersion: number;
  readonly received: (change: TemplateChange) => void;
  /** The session to hold, and who is told of the others; undefined for one who only looks. */
  readonly presence:
    | { readonly sessionToken: string; readonly received: (change: PresenceChange) => void }
    | undefined;
  /** The codes of errors at subscribing; none where the connection ended. */
  readonly ended: (codes: readonly (string | undefined)[]) => void;
}

interface Event {
  readonly templateChanged?: TemplateChange;
  readonly presenceChanged?: PresenceChange;
}

/** Opens it; what it answers ends it, without a call of `ended`, which is called once otherwise. */
export function subscribe(options: SubscriptionOptions): () => void {
  const { node, token, templateId, fromVersion, received, presence, ended } = options;
  let socket: WebSocket | undefined;
  let silent: NodeJS.Timeout | undefined;
  const client = createClient({
    url: node.url.replace(/^http/, "ws"),
    webSocketImpl: WebSocket,
    connectionParams: { authorization: `Bearer ${token}` },
    retryAttempts: 0,
    keepAlive: PING_MS,
    onNonLazyError: () => undefined,
    on: {
      opened: (opened) => (socket = opened as WebSocket),
      ping: (isReceived) => {
        if (!isReceived) silent = setTimeout(() => socket?.terminate(), PONG_MS_MAX);
      },
      pong: (isReceived) => {
        if (isReceived) clearTimeout(silent);
      },
    },
  });
  let isOver = false;
  const close = () => {
    clearTimeout(silent);
    isOver = true;
    // It waits for a connection that is on its way, and rejects where none comes: the node may be dead.
    Promise.resolve(client.dispose()).catch(() => undefined);
    socket?.terminate();
  };
  const end = (codes: readonly (string | undefined)[]) => {
    if (isOver) return;
    close();
    ended(codes);
  };
  const follow = (query: string, variables: Variables) =>
    client.subscribe<Event>(
      { query, variables },
      {
        next: ({ data, errors }) => {
          if (isOver) return;
          if (errors !== undefined || data == null) return end(codesOf(errors ?? []));
          if (data.templateChanged !== undefined) received(data.templateChanged);
          if (data.presenceChanged !== undefined) presence?.received(data.presenceChanged);
        },
        error: (error) => end(Array.isArray(error) ? codesOf(error) : []),
        complete: () => end([]),
      },
    );
  follow(TEMPLATE_CHANGED, { templateId, fromVersion });
  if (presence !== undefined) {
    follow(PRESENCE_CHANGED, { templateId, sessionToken: presence.sessionToken });
  }
  return close;
}

function codesOf(errors: readonly { readonly extensions?: unknown }[]): (string | undefined)[] {
  return errors.map(({ extensions }) => (extensions as { code?: string } | undefined)?.code);
}
