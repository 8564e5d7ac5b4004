import { describe, expect, it } from "vitest";
import { acquireLock } from "../../src/commands/locks/acquireLock.js";
import { keepLocks } from "../../src/commands/locks/keepLocks.js";
import { releaseLock } from "../../src/commands/locks/releaseLock.js";
import { edit, editOk, move, newTemplate } from "../live/editing.js";
import { author, stranger } from "../setup/memoryServices.js";
import { e1, locked, setup } from "./lockSetup.js";

describe("LOCK-8 acquiring", () => {
  it("is refused where another's overlaps, and told whose", async () => {
    const { acquire, join } = await setup();
    const other = await join("other");
    expect(await acquire(e1)).toMatchObject({ lock: { fence: 1, clientId: "holder" } });
    for (const target of [undefined, { pageId: "p1" }, e1]) {
      expect(await acquire(target, { token: other.token })).toMatchObject({
        ...locked,
        lock: { path: "/pages/p1/elements/e1", clientId: "holder" },
      });
    }
    const free = await acquire({ pageId: "p1", elementId: "e2" }, { token: other.token });
    expect(free).toMatchObject({ lock: { fence: 2 } });
    expect(await acquire({ pageId: "p1" })).toMatchObject({ ...locked, lock: { fence: 2 } });
  });

  it("again gives a new lease under the old fence, within the bounds", async () => {
    const { services, acquire, pass } = await setup({ limits: { lockHoldMsMax: 60_000 } });
    const first = await acquire(e1, { leaseMs: 10_000 });
    pass(9_000);
    const again = await acquire(e1, { leaseMs: 60_000 });
    if (first.kind !== "lockAcquired" || again.kind !== "lockAcquired") throw new Error("refused");
    expect(again.lock.fence).toBe(first.lock.fence);
    expect(first.lock.expiresAt - first.lock.acquiredAt).toBe(10_000);
    expect(again.lock.expiresAt - again.lock.acquiredAt).toBe(60_000);
    for (const leaseMs of [999, 60_001, -1]) {
      expect(await acquire(e1, { leaseMs })).toMatchObject({
        ...{ code: "INVALID_INPUT", path: ["leaseMs"] },
      });
    }
    expect(services.published.filter(({ kind }) => kind === "locks")).toHaveLength(1);
  });

  it("needs a node, a session of one's own here, and the right to edit", async () => {
    const { services, acquire, templateId, holder } = await setup();
    expect(await acquire({ pageId: "p1", elementId: "gone" })).toMatchObject({
      ...{ code: "NOT_FOUND", path: ["target", "elementId"] },
    });
    const noSession = { code: "NOT_FOUND", path: ["sessionToken"] };
    expect(await acquire(e1, { token: "x" })).toMatchObject(noSession);
    const elsewhere = await newTemplate(services);
    const input = { templateId: elsewhere, sessionToken: holder.token };
    expect(await acquireLock(services, author, input)).toMatchObject(noSession);
    const own = { templateId, sessionToken: holder.token };
    expect(await acquireLock(services, { kind: "anonymous" }, own)).toMatchObject({
      code: "UNAUTHENTICATED",
    });
    expect(await acquireLock(services, stranger, own)).toMatchObject({ code: "NOT_FOUND" });
    await services.sessions.leave(holder.session);
    expect(await acquire(e1)).toMatchObject(noSession);
  });

  it("is bounded in number", async () => {
    const { acquire } = await setup({ limits: { locksPerSessionMax: 1 } });
    await acquire(e1);
    expect(await acquire({ pageId: "p1" })).toMatchObject({ code: "RATE_LIMITED" });
    expect(await acquire(e1)).toMatchObject({ kind: "lockAcquired" });
  });
});

describe("LOCK-9 a lock ends", () => {
  it("by its holder, or by force of who governs, once", async () => {
    const { services, templateId, acquire, holder, join, lockSet } = await setup();
    const other = await join("other");
    const target = { templateId, target: e1 };
    await acquire(e1);
    const byOther = { ...target, sessionToken: other.token };
    expect(await releaseLock(services, author, byOther)).toMatchObject({ lock: null });
    expect(await releaseLock(services, author, target)).toMatchObject({ code: "INVALID_INPUT" });
    const force = { ...target, force: true };
    expect(await releaseLock(services, stranger, force)).toMatchObject({ code: "NOT_FOUND" });
    const own = { ...target, sessionToken: holder.token };
    expect(await releaseLock(services, author, own)).toMatchObject({ lock: { fence: 1 } });
    expect(await releaseLock(services, author, own)).toMatchObject({ lock: null });
    await acquire(e1);
    expect(await releaseLock(services, author, force)).toMatchObject({ lock: { fence: 3 } });
    expect(await lockSet()).toMatchObject({ locks: [] });
  });

  it("with its session", async () => {
    const { services, templateId, acquire, holder } = await setup();
    await acquire();
    expect(await edit(services, templateId, [move("a", 1)])).toMatchObject(locked);
    await services.sessions.leave(holder.session);
    await editOk(services, templateId, [move("a", 1)]);
  });
});

it("LOCK-10 those who look are told of each change, once", async () => {
  const { services, templateId, acquire, holder, pass } = await setup();
  services.published.length = 0;
  const told = () =>
    services.published.flatMap((message) => {
      if (message.kind === "locks") return "locks";
      return message.kind === "activity" ? message.activity.kind : [];
    });
  const { bus, clock, locks } = services;
  const renewed: ((sessions: (typeof holder.session)[]) => void)[] = [];
  const sessions: Parameters<typeof keepLocks>[0]["sessions"] = {
    listen(listener) {
      renewed.push((some) => listener.renewed?.(some));
      return services.sessions.listen(listener);
    },
  };
  const failures: unknown[] = [];
  const warn = (_message: string, error: unknown) => void failures.push(error);
  keepLocks({ ...services, sessions, bus, clock, locks, leaseMs: 30_000, warn });
  await acquire(e1);
  await acquire(e1);
  expect(told()).toEqual(["locks", "LOCKED"]);
  services.published.length = 0;
  const release = { templateId, target: e1, sessionToken: holder.token };
  await releaseLock(services, author, release);
  await releaseLock(services, author, release);
  expect(told()).toEqual(["locks", "UNLOCKED"]);
  services.published.length = 0;
  await acquire(e1);
  pass(30_000);
  renewed[0]?.([holder.session]);
  await expect.poll(told).toEqual(["locks", "LOCKED", "locks", "UNLOCKED"]);
  services.published.length = 0;
  await services.sessions.leave(holder.session);
  expect(told()).toContain("locks");
  expect(failures).toEqual([]);
});
