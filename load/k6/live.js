/** Subscriptions over the graphql-transport-ws protocol, as k6 speaks it. */
import { Counter, Rate, Trend } from "k6/metrics";
import { WebSocket } from "k6/websockets";
import { urls } from "./graphql.js";

/** From the editor's clock at sending to the arrival at a subscriber, in milliseconds; both clocks are k6's. */
export const delivered = new Trend("change_delivered", true);
/** Events whose `fromVersion` is not the `toVersion` of the one before. */
export const outOfOrder = new Rate("change_out_of_order");
export const changes = new Counter("changes_received");

const SUBSCRIBE = `subscription ($id: ID!, $from: Int) {
  templateChanged(templateId: $id, fromVersion: $from) { fromVersion toVersion operations { clientTimestamp } }
}`;

/**
 * A socket that was acknowledged: `subscribe` opens operations on it, `close` ends it. `onClose` gets its code. A quiet
 * one receives events without looking at them.
 */
export function connect({ token, node = 0, isQuiet = false }, { onReady, onClose }) {
  const url = urls[node % urls.length].replace(/^http/, "ws");
  const socket = new WebSocket(url, "graphql-transport-ws");
  const handlers = {};
  let nextId = 0;
  socket.addEventListener("open", () =>
    socket.send(
      JSON.stringify({ type: "connection_init", payload: { authorization: `Bearer ${token}` } }),
    ),
  );
  socket.addEventListener("message", ({ data }) => {
    // Who only listens leaves events unread: parsing them all would measure k6.
    if (isQuiet && data.startsWith('{"id"')) return;
    const message = JSON.parse(data);
    if (message.type === "connection_ack") return onReady(connection);
    if (message.type === "ping") return socket.send('{"type":"pong"}');
    if (message.type === "next") handlers[message.id]?.(message.payload);
  });
  socket.addEventListener("close", ({ code }) => onClose?.(code));
  const connection = {
    subscribe(query, variables, onNext) {
      nextId += 1;
      const id = String(nextId);
      handlers[id] = onNext;
      socket.send(JSON.stringify({ id, type: "subscribe", payload: { query, variables } }));
    },
    close: () => socket.close(),
  };
  return connection;
}

/**
 * Follows a template from a version on and measures what arrives. `onChange` gets each new version. Changes that were
 * made before `since` (the editor's clock) are caught up on: they are counted, but tell nothing of the delivery.
 */
export function follow(connection, { templateId, fromVersion, since = 0, onChange }) {
  let version = fromVersion;
  connection.subscribe(SUBSCRIBE, { id: templateId, from: fromVersion }, ({ data }) => {
    const { templateChanged: change } = data;
    const now = Date.now();
    outOfOrder.add(version !== undefined && change.fromVersion !== version);
    version = change.toVersion;
    changes.add(1);
    const last = change.operations[change.operations.length - 1];
    if (last !== undefined && last.clientTimestamp >= since)
      delivered.add(now - last.clientTimestamp);
    onChange?.(version);
  });
}
