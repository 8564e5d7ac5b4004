/** What commands on teams, projects and share links answer. */

export interface TeamChanged {
  readonly kind: "teamChanged";
  readonly teamId: string;
}

/** The token is told here and never again. */
export interface TeamInvited {
  readonly kind: "teamInvited";
  readonly invitationId: string;
  readonly token: string;
}

export interface ProjectChanged {
  readonly kind: "projectChanged";
  readonly projectId: string;
}

/** The token is told here and never again. */
export interface ShareLinkCreated {
  readonly kind: "shareLinkCreated";
  readonly templateId: string;
  readonly shareLinkId: string;
  readonly token: string;
}

/** Something that went: an invitation, a share link. */
export interface Ended {
  readonly kind: "ended";
  readonly id: string;
}
