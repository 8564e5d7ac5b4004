/** How much one person or address may do: rates, in buckets that leak evenly, and how much at once. */
import { defaultRateSettings } from "../../limits/rates/rateSettings.js";
import { numberSettings } from "../numberSettings.js";

export const rateSettings = numberSettings(defaultRateSettings, {
  operationsPerMinuteMax: {
    description:
      "points of edits of a person in a minute in the long run, as many again at once: a request costs one, with each further 40 operations and each 32 KiB of what the log keeps of them one more",
  },
  requestsPerMinuteMax: {
    description:
      "GraphQL requests of a person in a minute in the long run, over HTTP and WebSocket; as many again at once",
  },
  readBytesPerMinuteMax: {
    description:
      "bytes of documents and payloads that a person may read in a minute in the long run; as many again at once",
  },
  copiedBytesPerMinuteMax: {
    description:
      "bytes of documents that a person may have stored in full in a minute in the long run, as new templates, copies and snapshots; as many again at once",
  },
  addressRequestsPerMinuteMax: {
    description: "the same of an address, whoever is behind it",
  },
  accountPasswordsPerHourMax: {
    description:
      "passwords tried on one account from one address in an hour, whether there is such an account or not; one that is right begins anew",
  },
  unslowedPasswordsPerHourMax: {
    description:
      "passwords tried on one account from everywhere in an hour before each further one waits for two seconds",
  },
  addressPasswordsPerHourMax: { description: "passwords tried from one address in an hour" },
  addressSignUpsPerHourMax: { description: "accounts made from one address in an hour" },
  addressGuestSessionsPerHourMax: {
    description:
      "sessions that guests open from one address in an hour; renewing one counts as none",
  },
  guestRequestsPerSessionPerMinuteMax: {
    description:
      "GraphQL requests of one session of a guest, wherever they come from, in a minute in the long run; as many again at once",
  },
  guestRequestsPerLinkPerMinuteMax: {
    description:
      "GraphQL requests of all guests who came by one share link, or to one template that is open itself, in a minute in the long run; as many again at once",
  },
  guestRequestsPerMinuteMax: { description: "the same of all guests together" },
  addressGuestRequestsPerLinkPerMinuteMax: {
    description:
      "of the GraphQL requests of guests by one share link, or to one template that is open itself, those from one address",
  },
  addressGuestRequestsPerMinuteMax: {
    description: "of the GraphQL requests of all guests together, those from one address",
  },
  guestConnectionsPerLinkMax: {
    description:
      "WebSockets and event streams of guests at once on one node, of one share link or one template that is open itself",
  },
  guestConnectionsMax: { description: "the same of all guests together" },
  addressGuestConnectionsPerLinkMax: {
    description:
      "of the WebSockets and event streams of guests by one share link, or to one template that is open itself, those from one address",
  },
  addressGuestConnectionsMax: {
    description:
      "of the WebSockets and event streams of all guests together, those from one address",
  },
  connectionsPerUserMax: {
    description: "WebSockets and event streams of a person at once on one node",
  },
  connectionsPerAddressMax: {
    description: "the same of an address on one node, counting those on which nobody is signed in",
  },
  pendingConnectionsPerAddressMax: {
    description:
      "WebSockets of an address on one node that have not sent connection_init; one more closes the oldest of them",
  },
  subscriptionsPerUserMax: {
    description:
      "subscriptions of a person at once on one node, on all connections; without a person, of an address",
  },
  answerBytesPerUserMax: {
    description:
      "bytes of answers and events that a person has not read on one node, over HTTP, event streams and WebSockets; without a person, of an address",
  },
  answerBytesMax: { description: "the same of everybody together" },
  bodyBytesPerUserMax: {
    description:
      "bytes of request bodies and long WebSocket messages that a person is sending at once; a quarter for an address where nobody is signed in",
  },
  bodyBytesMax: { description: "the same of everybody together" },
  subscriptionCostPerUserMax: {
    description:
      "cost of the different executions of a person's subscriptions on one node: 20 each and 1 for each field that is selected; what is equal counts once",
  },
  subscriptionCostPerUserAndTemplateMax: { description: "the same on one template" },
  subscriptionCostPerTemplateMax: {
    description:
      "cost of the different executions of everybody's subscriptions to one template on one node; who joins one that is there adds nothing",
  },
});
