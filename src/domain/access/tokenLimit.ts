/** What an API token is limited to, beside what its person may do: one team, one project or one template. */
import type { Viewer } from "./access.js";

export interface TokenLimit {
  readonly kind: "team" | "project" | "template";
  readonly id: string;
}

/** Where something is. A project's team is the team of what is in it. */
export interface Place {
  readonly teamId: string | null;
  readonly projectId: string | null;
  readonly templateId: string | null;
}

/** The limits of the viewer's token, all of which hold; none where there is no such token. */
export function limitsOf(viewer: Viewer): readonly TokenLimit[] {
  return viewer.kind === "user" ? (viewer.limits ?? []) : [];
}

/** Whether what is at the place is within all limits. */
export function isWithinLimits(limits: readonly TokenLimit[], place: Place): boolean {
  return limits.every(({ kind, id }) => place[`${kind}Id`] === id);
}

/** Whether the team itself is: a token that is limited to a part of it does not reach it. */
export function coversTeam(viewer: Viewer, teamId: string): boolean {
  return isWithinLimits(limitsOf(viewer), { teamId, projectId: null, templateId: null });
}

/** Whether the project itself is. */
export function coversProject(
  viewer: Viewer,
  project: { readonly id: string; readonly teamId: string | null },
): boolean {
  const { id: projectId, teamId } = project;
  return isWithinLimits(limitsOf(viewer), { teamId, projectId, templateId: null });
}
