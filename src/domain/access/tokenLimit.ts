/** Whether what a viewer asks for lies within the limits of the API token that was shown. */
import type { TokenLimit, Viewer } from "./viewer.js";

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
