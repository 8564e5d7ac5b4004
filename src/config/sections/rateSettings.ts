/** How much one person or address may do: rates, in buckets that leak evenly, and how much at once. */
import { defaultRateSettings } from "../../limits/rates/rateSettings.js";
import { numberSettings } from "../numberSettings.js";

export const rateSettings = numberSettings(defaultRateSettings, {
  operationsPerMinuteMax: {
    description:
      "edit points of a user per minute, with a burst of the same size: a request costs one, plus one for each further 40 operations and each 32 KiB that the log stores",
  },
  requestsPerMinuteMax: {
    description:
      "GraphQL requests of a user per minute, over HTTP and WebSocket, with a burst of the same size",
  },
  readBytesPerMinuteMax: {
    description:
      "bytes of documents and payloads that a user may read per minute, with a burst of the same size",
  },
  copiedBytesPerMinuteMax: {
    description:
      "bytes of documents that a user may store in full per minute, as new templates, copies and snapshots, with a burst of the same size",
  },
  addressRequestsPerMinuteMax: {
    description:
      "GraphQL requests of an address per minute, of all users together, with a burst of the same size",
  },
  accountPasswordsPerHourMax: {
    description:
      "password attempts per hour on one account from one address, whether the account exists or not; a right password resets the count",
  },
  unslowedPasswordsPerHourMax: {
    description:
      "password attempts per hour on one account from all addresses, above which each attempt is delayed by two seconds",
  },
  addressPasswordsPerHourMax: { description: "password attempts per hour from one address" },
  addressSignUpsPerHourMax: { description: "new accounts per hour from one address" },
  addressGuestSessionsPerHourMax: {
    description: "new guest sessions per hour from one address, without renewals",
  },
  guestRequestsPerSessionPerMinuteMax: {
    description:
      "GraphQL requests of one session of a guest, wherever they come from, in a minute in the long run; as many again at once",
  },
  guestRequestsPerLinkPerMinuteMax: {
    description:
      "GraphQL requests per minute of all guests by one share link, or on one template that is itself open to guests, with a burst of the same size",
  },
  guestRequestsPerMinuteMax: { description: "the same for all guests together" },
  addressGuestRequestsPerLinkPerMinuteMax: {
    description:
      "GraphQL requests per minute of guests from one address by one share link, or on one template that is itself open to guests",
  },
  addressGuestRequestsPerMinuteMax: {
    description: "GraphQL requests per minute of all guests from one address",
  },
  guestConnectionsPerLinkMax: {
    description:
      "concurrent WebSockets and event streams of guests on one node, by one share link or on one template that is itself open to guests",
  },
  guestConnectionsMax: { description: "the same for all guests together" },
  addressGuestConnectionsPerLinkMax: {
    description:
      "concurrent WebSockets and event streams of guests from one address, by one share link or on one template that is itself open to guests",
  },
  addressGuestConnectionsMax: {
    description: "concurrent WebSockets and event streams of all guests from one address",
  },
  connectionsPerUserMax: {
    description: "concurrent WebSockets and event streams of a user on one node",
  },
  connectionsPerAddressMax: {
    description:
      "concurrent unauthenticated WebSockets and event streams of an address on one node",
  },
  pendingConnectionsPerAddressMax: {
    description:
      "WebSockets of an address on one node that have not sent connection_init; one more closes the oldest of them",
  },
  subscriptionsPerUserMax: {
    description:
      "concurrent subscriptions of a user on one node, on all connections; without a user, of an address",
  },
  answerBytesPerUserMax: {
    description:
      "unread bytes of responses and events of a user on one node, over HTTP, event streams and WebSockets; without a user, of an address",
  },
  answerBytesMax: { description: "the same for all users together" },
  bodyBytesPerUserMax: {
    description:
      "bytes of request bodies and long WebSocket messages that a user is sending concurrently; a quarter for an address if not authenticated",
  },
  bodyBytesMax: { description: "the same for all users together" },
  subscriptionCostPerUserMax: {
    description:
      "cost of the distinct executions of a user's subscriptions on one node: 20 each, plus 1 per selected field; equal ones count once",
  },
  subscriptionCostPerUserAndTemplateMax: { description: "the same on one template" },
  subscriptionCostPerTemplateMax: {
    description:
      "cost of the distinct executions of all subscriptions to one template on one node; joining an existing one costs nothing",
  },
});
