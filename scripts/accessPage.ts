/** The page that tells who may do what, asked of the very function that decides. */
import {
  actions,
  decideAccess,
  type Action,
  type TemplateAccess,
  type Viewer,
} from "../src/domain/access/access.js";
import {
  accessRoles,
  effectiveGrant,
  noGrant,
  unrestricted,
  teamRoles,
  type Claim,
} from "../src/domain/access/grant.js";

const viewer: Viewer = { kind: "user", userId: "viewer" };

interface Row {
  readonly who: string;
  readonly viewer: Viewer;
  readonly template: TemplateAccess;
}

const meanings: Readonly<Record<Action, string>> = {
  view: "read the document, its history and its changes, follow it live, be shown on it",
  duplicate: "make a copy of one's own",
  comment: "take part in what is said about it",
  edit: "operations, undo, resolving conflicts, reverts, locks, as far as restrictions let through",
  describe: "name and other details, snapshots",
  govern: "rules of merging, ending others' locks",
  audit: "the record of its conflicts",
  share: "permissions, share links, whether it is public, which team or project has it",
  delete: "into the bin, and out of it",
  transfer: "give it to somebody else",
};

/** docs/ACCESS.md. */
export function accessPage(): string {
  return `# Who may do what

Written by \`npm run access:docs\` from \`src/domain/access\`, the one place that decides. A test fails where this page is out of date;
another asks every field, mutation and subscription of the API for everybody in these tables. The rules are ACC-n in SPEC.md.

✓ may, – is FORBIDDEN, and an empty cell is NOT_FOUND, null or an empty list: as if there were no such template. Of several reasons the
strongest counts. Who is not signed in is UNAUTHENTICATED in mutations, whatever they name. Guests, who read without an account, view a part
of what people do (GUEST-4), and are UNAUTHENTICATED in all else.

${list()}
## A template

${table(rowsOf({ deleted: false, isPublic: false }))}
## A public template

${table(rowsOf({ deleted: false, isPublic: true }))}
## In the bin

${table(rowsOf({ deleted: true, isPublic: false }))}`;
}

function list(): string {
  return actions.map((action) => `- \`${action}\`: ${meanings[action]}\n`).join("");
}

function rowsOf(standing: Pick<TemplateAccess, "deleted" | "isPublic">): Row[] {
  const others = { ...standing, authorId: "author" };
  const granted = (who: string, claim: Claim): Row => ({
    ...{ who, viewer, template: { ...others, grant: effectiveGrant([claim]) } },
  });
  const everywhere = unrestricted;
  const permission = (role: (typeof accessRoles)[number]): Claim => ({
    ...{ source: "permission", role },
    ...everywhere,
  });
  const guestRow = (who: string, shareLinkId: string | null): Row => ({
    ...granted(who, permission("VIEW")),
    viewer: { kind: "guest", sessionId: "s", templateId: "t", shareLinkId },
  });
  const restricted: Claim = { ...everywhere, source: "permission", role: "EDIT", pageIds: ["p"] };
  return [
    { who: "author", viewer, template: { ...standing, authorId: "viewer", grant: noGrant } },
    {
      ...granted("ADMIN, where the author is gone", permission("ADMIN")),
      template: { ...standing, authorId: null, grant: effectiveGrant([permission("ADMIN")]) },
    },
    ...accessRoles
      .toReversed()
      .map((role) =>
        granted(`${role}, by permission${role === "ADMIN" ? "" : " or link"}`, permission(role)),
      ),
    granted("EDIT of a part", restricted),
    ...teamRoles.map((role) =>
      granted(`${role} of its team, or its project's`, { source: "team", role }),
    ),
    ...(["OWNER", ...accessRoles.toReversed()] as const).map((role) =>
      granted(`${role} of its project`, { source: "project", role }),
    ),
    { who: "anybody else who is signed in", viewer, template: { ...others, grant: noGrant } },
    guestRow("guest, by a link that is open to guests", "link"),
    guestRow("guest, of a template that is open to guests", null),
    { who: "anonymous", viewer: { kind: "anonymous" }, template: { ...others, grant: noGrant } },
  ];
}

function table(rows: readonly Row[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |\n`;
  const head = line(["", ...actions]) + line(["---", ...actions.map(() => ":-:")]);
  const body = rows.map((row) => line([row.who, ...actions.map((action) => cell(row, action))]));
  return head + body.join("");
}

function cell({ viewer: who, template }: Row, action: Action): string {
  const decision = decideAccess(who, action, template);
  if (decision.allowed) return "✓";
  return decision.visible ? "–" : "";
}
