import { expect, it } from "vitest";
import type { Viewer } from "../../src/domain/access/access.js";
import { noGrant, type AccessRole } from "../../src/domain/access/grant.js";
import { RememberingAccessReader } from "../../src/storage/access/accessReader.js";
import type { GrantKey, StoredGrant } from "../../src/storage/access/permissionStore.js";
import type { TemplateHead } from "../../src/storage/templates/templateStore.js";

const bob: Viewer = { kind: "user", userId: "bob" };
const carol: Viewer = { kind: "user", userId: "carol" };
const ada: Viewer = { kind: "user", userId: "ada" };

function setup({ isPublic = false, rememberedMax = 100 } = {}) {
  const head = {
    ...{ templateId: "t", authorId: "ada", isPublic, deleted: false },
    accessRevision: 1,
  };
  const roles = new Map<string, AccessRole>();
  const asked: GrantKey[][] = [];
  let now = 0;
  let validMs: number | null = null;
  const reader = new RememberingAccessReader({
    heads: { head: async (id) => (id === "t" ? (head as unknown as TemplateHead) : undefined) },
    permissions: {
      readPlace: async () => undefined,
      readGuestGrants: async (keys) => keys.map(() => ({ grant: noGrant, validMs })),
      readKnownGrants: async (keys) => keys.map(() => ({ grant: noGrant, validMs })),
      readGrants: async (keys) => {
        asked.push([...keys]);
        return keys.map(({ userId }): StoredGrant => {
          const role = roles.get(userId);
          return { grant: role === undefined ? noGrant : { ...noGrant, role }, validMs };
        });
      },
    },
    clock: { monotonic: () => now },
    rememberedMax,
  });
  return {
    ...{ head, roles, asked, reader },
    role: async (viewer: Viewer) => (await reader.look(viewer, "t"))?.grant.role,
    pass: (milliseconds: number) => (now += milliseconds),
    endAfter: (milliseconds: number) => (validMs = milliseconds),
  };
}

it("ACC-23 a grant is asked for once, and anew where the revision is another", async () => {
  const { role, roles, asked, head } = setup();
  roles.set("bob", "EDIT");
  expect(await role(bob)).toBe("EDIT");
  roles.set("bob", "VIEW");
  expect(await role(bob)).toBe("EDIT");
  expect(asked).toHaveLength(1);
  head.accessRevision += 1;
  expect(await role(bob)).toBe("VIEW");
  head.accessRevision -= 1;
  expect(await role(bob)).toBe("VIEW");
  expect(asked).toHaveLength(3);
});

it("ACC-23 nobody asks for the author and for anonymous viewers", async () => {
  const { role, asked } = setup();
  expect(await role(ada)).toBeNull();
  expect(await role({ kind: "anonymous" })).toBeNull();
  expect(asked).toEqual([]);
});

it("ACC-23 people who come at once are asked for in one query", async () => {
  const { reader, asked } = setup();
  await Promise.all([reader.look(bob, "t"), reader.look(carol, "t"), reader.look(bob, "t")]);
  expect(asked.map((keys) => keys.length)).toEqual([3]);
});

it("ACC-22 a grant that ends by itself is asked for anew when it is over", async () => {
  const { role, roles, pass, endAfter, asked } = setup();
  roles.set("bob", "VIEW");
  endAfter(1_000);
  await role(bob);
  pass(999);
  await role(bob);
  expect(asked).toHaveLength(1);
  roles.delete("bob");
  pass(1);
  expect(await role(bob)).toBeNull();
});

it("ACC-30 what is missing and what is not there for the viewer take the same questions, each time", async () => {
  const { reader, asked } = setup();
  for (const id of ["t", "missing", "t", "missing"]) await reader.look(bob, id);
  expect(asked.map((keys) => keys.length)).toEqual([1, 1, 1, 1]);
});

it("ACC-23 what is public is remembered also for those who were granted nothing", async () => {
  const { role, asked } = setup({ isPublic: true });
  await role(bob);
  await role(bob);
  expect(asked).toHaveLength(1);
});

it("ACC-23 memory is bounded; who was asked for last stays", async () => {
  const { role, roles, asked } = setup({ rememberedMax: 2 });
  const [dave, erin] = ["dave", "erin"].map((userId): Viewer => ({ kind: "user", userId }));
  for (const { userId } of [bob, dave, erin] as { userId: string }[]) roles.set(userId, "VIEW");
  for (const viewer of [bob, dave!, bob, erin!]) await role(viewer);
  expect(asked).toHaveLength(3);
  await role(bob);
  expect(asked).toHaveLength(3);
  await role(dave!);
  expect(asked).toHaveLength(4);
});
