/** Many clients in one process: bare WebSockets, or subscriptions to `templateChanged` by graphql-ws. */
import { once } from "node:events";
import { createClient, type Client } from "graphql-ws";
import WebSocket from "ws";
import { percentile } from "../statistics.js";
import { answerQuestions } from "./answering.js";

export interface BareConnections {
  readonly url: string;
  readonly count: number;
}

export interface Subscriptions extends BareConnections {
  readonly token: string;
  readonly templateId: string;
}

export interface Deliveries {
  readonly changes: number;
  readonly frames: number;
  /** Mean size of a frame's text. */
  readonly frameBytes: number;
  /** From the `sentAt` that the message carries, in milliseconds. */
  readonly p50Ms: number;
  readonly p99Ms: number;
}

export interface Awaited {
  readonly changes: number;
  readonly waitMs: number;
}

const TEMPLATE_CHANGED = /* GraphQL */ `
  subscription ($templateId: ID!) {
    templateChanged(templateId: $templateId) {
      fromVersion
      toVersion
      operations {
        id
        type
        target {
          pageId
          elementId
        }
        payload
      }
    }
  }
`;

/** Connections opened at a time. */
const OPENING = 50;
const POLL_MS = 20;

const clients: Client[] = [];
const sockets: WebSocket[] = [];
let latenciesMs: number[] = [];
let frames = 0;
let bytes = 0;

/** Every change says when it was sent, wherever in the frame that stands; a frame may bring several. */
const sentAt = /"sentAt":([0-9.]+)/g;

function received(text: string): void {
  const now = performance.timeOrigin + performance.now();
  let changes = 0;
  for (const [, sent] of text.matchAll(sentAt)) {
    latenciesMs.push(now - Number(sent));
    changes += 1;
  }
  if (changes === 0) return;
  frames += 1;
  bytes += text.length;
}

async function inGroups(count: number, open: () => Promise<void>): Promise<void> {
  for (let opened = 0; opened < count; opened += OPENING) {
    const group = Math.min(OPENING, count - opened);
    await Promise.all(Array.from({ length: group }, open));
  }
}

async function connectBare({ url, count }: BareConnections): Promise<void> {
  await inGroups(count, async () => {
    const socket = new WebSocket(url);
    socket.on("message", (data) => received(String(data)));
    await once(socket, "open");
    sockets.push(socket);
  });
}

async function subscribe({ url, count, token, templateId }: Subscriptions): Promise<void> {
  await inGroups(count, async () => {
    const client = createClient({
      url: url.replace(/^http/, "ws"),
      webSocketImpl: WebSocket,
      connectionParams: { authorization: `Bearer ${token}` },
      retryAttempts: 0,
    });
    client.on("opened", (socket) => {
      (socket as WebSocket).on("message", (data) => received(String(data)));
    });
    const connected = new Promise<void>((resolve) => void client.on("connected", () => resolve()));
    client.subscribe(
      { query: TEMPLATE_CHANGED, variables: { templateId } },
      { next() {}, error: failed, complete: () => failed("it was completed") },
    );
    clients.push(client);
    await connected;
  });
}

function failed(error: unknown): void {
  console.error("a subscription ended:", error);
  process.exit(1);
}

/** Resolves with what was delivered once so many changes arrived, or the time is over. */
async function deliveries({ changes, waitMs }: Awaited): Promise<Deliveries> {
  const endsAt = performance.now() + waitMs;
  while (latenciesMs.length < changes && performance.now() < endsAt) {
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  return {
    changes: latenciesMs.length,
    frames,
    frameBytes: Math.round(bytes / frames),
    p50Ms: percentile(latenciesMs, 50),
    p99Ms: percentile(latenciesMs, 99),
  };
}

answerQuestions("", {
  connectBare,
  subscribe,
  deliveries,
  forget() {
    latenciesMs = [];
    frames = 0;
    bytes = 0;
  },
});
