/** The permissions of templates within one answer: each template's are read once, and charged as often as they are told. */
import DataLoader from "dataloader";
import type { Permission } from "../../storage/access/permissionStore.js";
import type { GraphQLContext } from "../context.js";

interface PermissionsPart {
  readonly templateId: string;
  /** Whether the lists that restrict editing are selected. */
  readonly withRestrictions: boolean;
}

/** What a permission takes without its lists. */
const ROW_BYTES = 200;

const loaders = new WeakMap<GraphQLContext, DataLoader<PermissionsPart, readonly Permission[]>>();

/** Rejects as `RequestWork.charge` does, and with `StorageUnavailable`. */
export function readPermissionsPart(
  part: PermissionsPart,
  context: GraphQLContext,
): Promise<readonly Permission[]> {
  let loader = loaders.get(context);
  if (loader === undefined) {
    // Several mutations of one request change what the next one tells.
    loader = new DataLoader((parts) => readParts(parts, context), { cache: false });
    loaders.set(context, loader);
  }
  return loader.load(part);
}

async function readParts(
  parts: readonly PermissionsPart[],
  { services: { permissions }, work }: GraphQLContext,
): Promise<(readonly Permission[])[]> {
  const templateIds = [...new Set(parts.map(({ templateId }) => templateId))];
  const sizes = await permissions.sizes(templateIds);
  const bytes = parts.map(({ templateId, withRestrictions }) => {
    const { count, restrictionBytes } = sizes.get(templateId) ?? { count: 0, restrictionBytes: 0 };
    return count * ROW_BYTES + (withRestrictions ? restrictionBytes : 0);
  });
  const withRestrictions = parts.some((part) => part.withRestrictions);
  // Each by itself: one thing alone is always readable, however large it is.
  for (const some of bytes) await work.charge(some);
  const read = await permissions.list(templateIds, withRestrictions);
  return parts.map(({ templateId }) => read.get(templateId) ?? []);
}
