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
  description: "Whether a node accepts work.",
  values: {
    ONLINE: {
      description:
        "The node reported within the last ten seconds; `silentMs` gives the time since.",
    },
    DRAINING: {
      description: "The node is stopping: it finishes its work and accepts no new work.",
    },
    OFFLINE: {
      description:
        "The node stopped reporting within the last ten minutes, without an orderly stop; after that it is removed from the list.",
    },
  } satisfies Record<ListedNode["status"], { description: string }>,
});

const ServerNodeStatusReason = builder.enumType("ServerNodeStatusReason", {
  description: "The reason for a node's status.",
  values: {
    SERVING: { description: "It reports, and receives messages of the other nodes at once." },
    ALONE: {
      description:
        "It reports, but receives no messages of other nodes, for example because Redis is unavailable: it polls the database instead.",
    },
    STOPPING: { description: "It was requested to stop." },
    SILENT: {
      description:
        "It stopped reporting without an orderly stop: it crashed, hangs, or cannot reach Redis.",
    },
  } satisfies Record<StatusReason, { description: string }>,
});

const ServerNodeLoad = builder.objectRef<NodeLoad>("ServerNodeLoad").implement({
  description: "The load of a node; ratios cover the time since its previous report.",
  fields: (t) => ({
    eventLoop: t.exposeFloat("eventLoopRatio", {
      description: "The fraction of time in which the event loop was busy, 0 to 1.",
    }),
    cpu: t.exposeFloat("cpuRatio", {
      description: "Processor time per elapsed time; above 1 on several processors.",
    }),
    memoryBytes: t.exposeFloat("memoryBytes", { description: "Resident memory in bytes." }),
    connections: t.exposeInt("connections", {
      description: "The number of open WebSockets and event streams.",
    }),
    subscriptions: t.exposeInt("subscriptions", {
      description: "The number of open subscriptions.",
    }),
    liveTemplates: t.exposeInt("liveTemplates", {
      description: "The number of templates in memory.",
    }),
  }),
});

const ServerNodeLag = builder.objectRef<NodeLag>("ServerNodeLag").implement({
  description: "The delays of a node.",
  fields: (t) => ({
    eventLoopMs: t.exposeFloat("eventLoopMs", {
      description: "The 99th percentile of the event loop delay, in milliseconds.",
    }),
    deliveryMs: t.exposeFloat("deliveryMs", {
      nullable: true,
      description:
        "The longest time from a commit until its message reached this node's subscribers since the previous report, in milliseconds; null if there was none.",
    }),
    hearsOtherNodes: t.exposeBoolean("hearsOtherNodes", {
      description:
        "Whether messages of other nodes arrive at once; if not, the node polls the database every second.",
    }),
  }),
});

type ServerNodeSource = ListedNode & { readonly isSelf: boolean };

const ServerNode = builder.objectRef<ServerNodeSource>("ServerNode").implement({
  description: "A server process of this deployment.",
  fields: (t) => ({
    id: t.exposeID("id", { description: "An id, new at each start." }),
    name: t.exposeString("name", {
      description: "The name of its machine or container, with the port.",
    }),
    address: t.exposeString("address", {
      nullable: true,
      description:
        "The address and port at which other machines of its network reach it; null if not reported.",
    }),
    status: t.expose("status", { type: ServerNodeStatus, description: "Whether it accepts work." }),
    statusReason: t.field({
      type: ServerNodeStatusReason,
      description: "The reason for its status.",
      resolve: statusReasonOf,
    }),
    version: t.exposeString("version", { description: "The release that it runs." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      description: "The time at which it started.",
    }),
    reportedAt: t.expose("reportedAt", {
      type: "DateTime",
      description: "The time of its last report, by its own clock.",
    }),
    lastContactAt: t.field({
      type: "DateTime",
      description:
        "The time of its last report, by the database's clock; now for the responding node.",
      resolve: ({ silentMs }, _args, { services }) => services.clock.now() - silentMs,
    }),
    silentMs: t.exposeInt("silentMs", {
      description:
        "Milliseconds since its last report, by a clock shared by all nodes. A healthy node reports every two seconds; 0 for the responding node.",
    }),
    isSelf: t.exposeBoolean("isSelf", { description: "Whether it is the responding node." }),
    load: t.field({
      type: ServerNodeLoad,
      description: "Its load at its last report.",
      resolve: ({ load }) => load,
    }),
    lag: t.field({
      type: ServerNodeLag,
      description: "Its delays at its last report.",
      resolve: ({ lag }) => lag,
    }),
  }),
});

builder.queryField("serverNodes", (t) =>
  t.field({
    type: [ServerNode],
    description:
      "The nodes of this deployment by name. For administrators. Errors: UNAUTHENTICATED if the request is not authenticated, FORBIDDEN for other users. Without Redis, or while it is unavailable: the responding node only.",
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
