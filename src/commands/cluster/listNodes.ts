/** The nodes of the deployment, for administrators. */
import type { ListedNode } from "../../cluster/nodeRegistry.js";
import type { Viewer } from "../../domain/access/access.js";
import { decideAdministration } from "../../domain/access/administration.js";
import { unauthenticated } from "../authorize.js";
import { refused, type RequestError } from "../requestError.js";
import type { Services } from "../services.js";

export type ListNodesOutcome =
  | { readonly kind: "nodes"; readonly selfId: string; readonly nodes: readonly ListedNode[] }
  | RequestError;

/** The role is read now, so that one that was taken away counts at once, whatever the token says. */
export async function listNodes(
  { users, nodes }: Pick<Services, "users" | "nodes">,
  viewer: Viewer,
): Promise<ListNodesOutcome> {
  const role = viewer.kind === "user" ? await users.roleOf(viewer.userId) : undefined;
  switch (decideAdministration(viewer, role)) {
    case "unauthenticated":
      return unauthenticated();
    case "forbidden":
      return refused("FORBIDDEN", "only administrators may see the nodes");
    case "allowed":
      return { kind: "nodes", selfId: nodes.selfId, nodes: await nodes.list() };
  }
}
