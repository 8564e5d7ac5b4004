/** What is stored for a person, a team and a template, and how much may be. */
import { authorize } from "../../commands/authorize.js";
import type { Quotas, StoredUse } from "../../domain/quotas.js";
import {
  readPersonUse,
  readTeamUse,
  readTemplateUse,
  type TemplateUse,
} from "../../storage/quotas/quotaStatements.js";
import { onDatabase } from "../../storage/postgres/statement.js";
import { builder } from "../builder.js";
import { TeamObject } from "../teams/team.js";
import { TemplateObject } from "../templates/template.js";
import { UserObject } from "../accounts/user.js";

interface ShownQuota extends StoredUse {
  readonly templatesMax: number;
  readonly bytesMax: number;
  readonly editedBytesMax: number;
}

const QuotaObject = builder.objectRef<ShownQuota>("Quota").implement({
  description:
    "The stored amount of a user or team, and its limits. Deleted templates count until they are erased.",
  fields: (t) => ({
    templates: t.exposeInt("templates", { description: "The number of templates." }),
    templatesMax: t.exposeFloat("templatesMax", {
      description:
        "The maximum number of templates; creating another one is refused with QUOTA_EXCEEDED.",
    }),
    bytes: t.exposeFloat("bytes", {
      description: "Bytes of their documents, logs and snapshots, as in `TemplateStorage`.",
    }),
    bytesMax: t.exposeFloat("bytesMax", {
      description:
        "Bytes above which creating, copying, naming a version and taking over a template are refused with QUOTA_EXCEEDED.",
    }),
    editedBytesMax: t.exposeFloat("editedBytesMax", {
      description:
        "Bytes above which edits of these templates are refused with QUOTA_EXCEEDED too, within about a minute.",
    }),
  }),
});

const TemplateStorageObject = builder
  .objectRef<TemplateUse & Pick<Quotas, "namedVersionsPerTemplateMax">>("TemplateStorage")
  .implement({
    description:
      "The storage used by a template, as recorded with each document and operation. Comments, conflicts and the audit log do not count.",
    fields: (t) => ({
      bytes: t.float({
        description: "The total, which counts against the quotas of its author and its team.",
        resolve: ({ documentBytes, logBytes, snapshotBytes }) =>
          documentBytes + logBytes + snapshotBytes,
      }),
      documentBytes: t.exposeFloat("documentBytes", {
        description: "Bytes of the newest stored document and of that of version 1.",
      }),
      logBytes: t.exposeFloat("logBytes", {
        description:
          "Bytes of the operations in the log: as requested, as committed, and their inverses.",
      }),
      snapshotBytes: t.exposeFloat("snapshotBytes", {
        description: "Bytes of the documents of snapshots: named, automatic and of reverts.",
      }),
      namedVersions: t.exposeInt("namedVersions", {
        description: "The number of named versions (`createSnapshot`).",
      }),
      namedVersionsMax: t.float({
        description:
          "The maximum number of named versions; another one is refused with QUOTA_EXCEEDED.",
        resolve: ({ namedVersionsPerTemplateMax }) => namedVersionsPerTemplateMax,
      }),
    }),
  });

builder.objectField(UserObject, "quota", (t) =>
  t.field({
    type: QuotaObject,
    nullable: true,
    description:
      "The storage used by the templates of which the user is the author, wherever they are; null for other users than the viewer.",
    extensions: { viewerDependent: true },
    resolve: async ({ id }, _args, { viewer, prisma, services }) => {
      if (viewer.kind !== "user" || viewer.userId !== id || viewer.limits) return null;
      const use = await onDatabase(() => readPersonUse(prisma, id));
      const { limits } = services;
      return {
        ...use,
        templatesMax: limits.templatesPerPersonMax,
        bytesMax: limits.storedBytesPerPersonMax,
        editedBytesMax: limits.editedBytesPerPersonMax,
      };
    },
  }),
);

builder.objectField(TeamObject, "quota", (t) =>
  t.field({
    type: QuotaObject,
    description:
      "The storage used by the templates of the team and its projects, regardless of author.",
    resolve: async ({ id }, _args, { prisma, services }) => {
      const use = await onDatabase(() => readTeamUse(prisma, id));
      const { limits } = services;
      return {
        ...use,
        templatesMax: limits.templatesPerTeamMax,
        bytesMax: limits.storedBytesPerTeamMax,
        editedBytesMax: limits.editedBytesPerTeamMax,
      };
    },
  }),
);

builder.objectField(TemplateObject, "storage", (t) =>
  t.field({
    type: TemplateStorageObject,
    nullable: true,
    description: "The storage used by the template; null if the viewer may not edit it.",
    extensions: { viewerDependent: true },
    resolve: async ({ id }, _args, { viewer, prisma, services }) => {
      const access = await authorize(services, viewer, "edit", id);
      if (access.kind === "refused") return null;
      const use = await onDatabase(() => readTemplateUse(prisma, id));
      const { namedVersionsPerTemplateMax } = services.limits;
      return use === undefined ? null : { ...use, namedVersionsPerTemplateMax };
    },
  }),
);
