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
    "What is stored for a person or a team, and how much may be. Templates in the bin count until they are removed for good.",
  fields: (t) => ({
    templates: t.exposeInt("templates", { description: "Templates there are." }),
    templatesMax: t.exposeFloat("templatesMax", {
      description: "Templates there may be; one more is refused with QUOTA_EXCEEDED.",
    }),
    bytes: t.exposeFloat("bytes", {
      description: "Bytes of their documents, logs and snapshots, as `TemplateStorage` tells them.",
    }),
    bytesMax: t.exposeFloat("bytesMax", {
      description:
        "Bytes beyond which creating, copying, naming a version and taking over a template are refused with QUOTA_EXCEEDED.",
    }),
    editedBytesMax: t.exposeFloat("editedBytesMax", {
      description:
        "Bytes beyond which edits of these templates are refused with QUOTA_EXCEEDED too, within about a minute.",
    }),
  }),
});

const TemplateStorageObject = builder
  .objectRef<TemplateUse & Pick<Quotas, "namedVersionsPerTemplateMax">>("TemplateStorage")
  .implement({
    description:
      "What a template takes, as stored with each document and operation. Comments, conflicts and the audit log do not count.",
    fields: (t) => ({
      bytes: t.float({
        description: "All together: what counts against its author and its team.",
        resolve: ({ documentBytes, logBytes, snapshotBytes }) =>
          documentBytes + logBytes + snapshotBytes,
      }),
      documentBytes: t.exposeFloat("documentBytes", {
        description: "Bytes of the newest stored document and of that of version 1.",
      }),
      logBytes: t.exposeFloat("logBytes", {
        description:
          "Bytes of the operations in the log: what was asked for, what was committed, and what takes it back.",
      }),
      snapshotBytes: t.exposeFloat("snapshotBytes", {
        description: "Bytes of the documents of snapshots: named, automatic and of reverts.",
      }),
      namedVersions: t.exposeInt("namedVersions", {
        description: "Named versions there are (`createSnapshot`).",
      }),
      namedVersionsMax: t.float({
        description: "Named versions there may be; one more is refused with QUOTA_EXCEEDED.",
        resolve: ({ namedVersionsPerTemplateMax }) => namedVersionsPerTemplateMax,
      }),
    }),
  });

builder.objectField(UserObject, "quota", (t) =>
  t.field({
    type: QuotaObject,
    nullable: true,
    description:
      "What is stored for the person as the author of templates, wherever these are; null for everyone but oneself.",
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
    description: "What is stored in the team and its projects, whoever is the author.",
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
    description: "What it takes; null for who may not edit it.",
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
