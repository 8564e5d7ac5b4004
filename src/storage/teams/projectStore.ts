/**
 * The port to projects and who is in them. As with teams, a change takes effect on templates at once and they are told.
 * Adapters (Prisma, memory) pass one contract suite (test/contracts/teamStores.ts).
 *
 * Every method may reject with `StorageUnavailable`: then nothing is known about whether it took effect.
 */
import type { AccessRole } from "../../domain/access/grant.js";
import type { ProjectStanding } from "../../domain/access/projectAccess.js";
import type { QuotaFull, Quotas } from "../../domain/quotas.js";
import type { TeamStanding } from "../../domain/access/teamAccess.js";
import type { ChangeOutcome, Decided } from "./teamStore.js";
import type { NewTemplate } from "../templates/templateStore.js";

export interface NewProject {
  readonly id: string;
  readonly name: string;
  /** Null where it is its owner's own. */
  readonly teamId: string | null;
  readonly ownerId: string;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
}

export type ProjectChange =
  | { readonly kind: "rename"; readonly name: string }
  | { readonly kind: "delete" }
  | {
      readonly kind: "setMember";
      readonly userId: string;
      readonly role: AccessRole;
      readonly joinedAt: number;
      /** Who decides: the member is told. */
      readonly byId?: string;
      /** Refused as "full" where it has so many others. */
      readonly membersMax: number;
    }
  | { readonly kind: "remove"; readonly userId: string }
  /** `formerOwnerJoinedAt`: who owned it becomes ADMIN then, unless the team has it. */
  | { readonly kind: "giveTo"; readonly userId: string; readonly formerOwnerJoinedAt: number }
  /** Its owner is `userId` then. */
  | {
      readonly kind: "moveTo";
      readonly teamId: string;
      readonly userId: string;
      /** Refused as "full" where the team has no room for its templates. */
      readonly quotas?: Quotas;
    };

/** A project as a change is decided on it, and the team it may go to; nobody else can change them before that is done. */
export interface LockedProject extends ProjectStanding {
  /** The other team that was asked about; null where there is none. */
  readonly target: TeamStanding | null;
}

/** Where a template or a project is meant to go; both absent: nobody's but its author's. */
export interface Place {
  readonly teamId?: string;
  readonly projectId?: string;
}

/** What is at a place now; undefined where it is not there. */
export type LockedPlace =
  | { readonly kind: "team"; readonly team: TeamStanding }
  | { readonly kind: "project"; readonly project: ProjectStanding };

/** What `move` and `give` were decided on: the template's access revision, and who asks. */
export interface TemplateRevision {
  readonly templateId: string;
  readonly accessRevision: number;
}

export interface ProjectStore {
  /** Makes it, unless `refuse` gives a reason on its team; "full" where team or owner have `projectsMax` already; an id that is taken is "created". */
  create<R>(
    project: NewProject,
    projectsMax: number,
    refuse: (team: TeamStanding | null) => R | undefined,
  ): Promise<"created" | "full" | { readonly kind: "refused"; readonly reason: R }>;
  /** Makes the change that is decided on the project as it stands; `userIds` are the members whom that depends on. */
  change<R>(
    projectId: string,
    about: { readonly userIds: readonly string[]; readonly teamId?: string },
    decide: (project: LockedProject) => Decided<ProjectChange, R>,
  ): Promise<ChangeOutcome<R>>;
  /** The project as far as the person has a role on it, with the team it belongs to; undefined where they have none. */
  find(projectId: string, userId: string): Promise<{ readonly teamId: string | null } | undefined>;
  /**
   * Makes a template at a place, in one step, unless `refuse` gives a reason on that as it stands for the author. With
   * quotas, here and below, only where those against whom it counts then have room, however many come at once.
   */
  createTemplate<R>(
    template: NewTemplate,
    place: Place,
    refuse: (place: LockedPlace | undefined) => R | undefined,
    quotas?: Quotas,
  ): Promise<"created" | QuotaFull | { readonly kind: "refused"; readonly reason: R }>;
  /**
   * Moves a template, unless `refuse` gives a reason on the place as it stands for the person. "moved" where access to the
   * template changed since it was read: ask again.
   */
  place<R>(
    template: TemplateRevision,
    place: Place,
    userId: string,
    refuse: (place: LockedPlace | undefined) => R | undefined,
    quotas?: Quotas,
  ): Promise<"placed" | "moved" | QuotaFull | { readonly kind: "refused"; readonly reason: R }>;
  /** Makes somebody a template's author; who was it is granted ADMIN. "moved" as above. */
  give(
    template: TemplateRevision,
    authorId: string,
    quotas?: Quotas,
  ): Promise<"given" | "moved" | "noPerson" | QuotaFull>;
}
