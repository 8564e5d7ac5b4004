/** The nodes of the deployment, as administrators see them. */
import { GraphQLError } from "graphql";
import {
  statusReasonOf,
  type ListedNode,
  type NodeLag,
  type NodeLoad,
  type StatusReason,
} from "../../cluster/nodeRegistry.js";
import { listNodes } from "../../commands/cluster/listNodes.js";
import { builder } from "../builder.js";

const ServerNodeStatus = builder.enumType("ServerNodeStatus", {
  description: "Whether a node takes work.",
  values: {
    ONLINE: {
      description:
        "It does, as far as is known: it reported within the last ten seconds, and `silentMs` says when.",
    },
    DRAINING: { description: "It is stopping: it finishes what it has and takes nothing new." },
    OFFLINE: {
      description:
        "It fell silent without a goodbye within the last ten minutes; after them it is forgotten.",
    },
  } satisfies Record<ListedNode["status"], { description: string }>,
});

const ServerNodeStatusReason = builder.enumType("ServerNodeStatusReason", {
  description: "Why a node has its status.",
  values: {
    SERVING: { description: "It reports, and hears of the other nodes at once." },
    ALONE: {
      description:
        "It reports, but news of other nodes do not reach it, as where Redis is away: it asks the database for them.",
    },
    STOPPING: { description: "It was told to stop." },
    SILENT: {
      description:
        "It stopped reporting without a goodbye: it died, hangs, or Redis does not hear it.",
    },
  } satisfies Record<StatusReason, { description: string }>,
});

const ServerNodeLoad = builder.objectRef<NodeLoad>("ServerNodeLoad").implement({
  description: "How busy a node is; ratios are since its report before.",
  fields: (t) => ({
    eventLoop: t.exposeFloat("eventLoopRatio", {
      description: "Part of the time that the event loop was at work, 0 to 1.",
    }),
    cpu: t.exposeFloat("cpuRatio", {
      description: "Processor time per time; more than 1 on several processors.",
    }),
    memoryBytes: t.exposeFloat("memoryBytes", { description: "Resident memory in bytes." }),
    connections: t.exposeInt("connections", {
      description: "WebSockets and event streams that are open.",
    }),
    subscriptions: t.exposeInt("subscriptions", { description: "Subscriptions that are open." }),
    liveTemplates: t.exposeInt("liveTemplates", { description: "Templates held in memory." }),
  }),
});

const ServerNodeLag = builder.objectRef<NodeLag>("ServerNodeLag").implement({
  description: "How far a node is behind.",
  fields: (t) => ({
    eventLoopMs: t.exposeFloat("eventLoopMs", {
      description: "Milliseconds that 99 of 100 tasks waited at most for their turn.",
    }),
    deliveryMs: t.exposeFloat("deliveryMs", {
      nullable: true,
      description:
        "Milliseconds from a commit until its news were here for subscribers, the longest since the report before; null where none came.",
    }),
    hearsOtherNodes: t.exposeBoolean("hearsOtherNodes", {
      description:
        "Whether news from other nodes arrive at once; where not, the database is asked every second.",
    }),
  }),
});

type ServerNodeSource = ListedNode & { readonly isSelf: boolean };

const ServerNode = builder.objectRef<ServerNodeSource>("ServerNode").implement({
  description: "A process that serves this API, with others, on one database.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "Made anew at each start." }),
    name: t.exposeString("name", { description: "Its machine or container, with the port." }),
    address: t.exposeString("address", {
      nullable: true,
      description:
        "Where it listens, address and port, as other machines of its network reach it; null where it did not say.",
    }),
    status: t.expose("status", { type: ServerNodeStatus, description: "Whether it takes work." }),
    statusReason: t.field({
      type: ServerNodeStatusReason,
      description: "Why it has that status.",
      resolve: statusReasonOf,
    }),
    version: t.exposeString("version", { description: "The version of the program it runs." }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "When it started." }),
    reportedAt: t.expose("reportedAt", {
      type: "DateTime",
      description: "When it last reported, by its own clock.",
    }),
    lastContactAt: t.field({
      type: "DateTime",
      description:
        "When it was last heard of, by the database's clock; for the one that answers, now.",
      resolve: ({ silentMs }, _args, { services }) => services.clock.now() - silentMs,
    }),
    silentMs: t.exposeInt("silentMs", {
      description:
        "Milliseconds since it last reported, by a clock that all nodes share. One that is well does so every two seconds; 0 for the one that answers.",
    }),
    isSelf: t.exposeBoolean("isSelf", { description: "Whether it is the one that answers." }),
    load: t.field({
      type: ServerNodeLoad,
      description: "How busy it was at its last report.",
      resolve: ({ load }) => load,
    }),
    lag: t.field({
      type: ServerNodeLag,
      description: "How far it was behind at its last report.",
      resolve: ({ lag }) => lag,
    }),
  }),
});

builder.queryField("serverNodes", (t) =>
  t.field({
    type: [ServerNode],
    description:
      "The nodes of this deployment by name, for administrators. Error UNAUTHENTICATED where nobody is signed in, FORBIDDEN for everyone else. Without Redis, or while it is away: this node alone.",
    resolve: async (_root, _args, { services, viewer }) => {
      const outcome = await listNodes(services, viewer);
      if (outcome.kind === "refused") {
        const { code, message } = outcome;
        throw new GraphQLError(message, { extensions: { code } });
      }
      return outcome.nodes.map((node) => ({ ...node, isSelf: node.id === outcome.selfId }));
    },
  }),
);
