import { describe, expect, it } from "vitest";
import type { Clock } from "../../src/platform/clock.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { memoryServices } from "../setup/memoryServices.js";
import { editOk, move, newTemplate } from "./editing.js";

const COPY_MS = 100;

/** A clock that stands still, and a store whose every checkpoint takes `COPY_MS` of it. */
function slowCopies() {
  const time = { now: 1_000_000, checkpoints: [] as number[] };
  const clock: Clock = {
    now: () => time.now,
    monotonic: () => time.now,
    after: () => () => {},
  };
  const templates = new Proxy(new MemoryTemplateStore(), {
    get(target, name) {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member !== "function") return member;
      if (name !== "writeCheckpoint") return member.bind(target);
      return async (checkpoint: Parameters<MemoryTemplateStore["writeCheckpoint"]>[0]) => {
        time.now += COPY_MS;
        time.checkpoints.push(checkpoint.version);
        await target.writeCheckpoint(checkpoint);
      };
    },
  });
  return { time, clock, templates };
}

describe("the copies of a document", () => {
  it("ENG-5 a copy that took a while is followed by nine such whiles without one", async () => {
    const { time, clock, templates } = slowCopies();
    const settings = { checkpointVersionsMin: 1, checkpointVersionsMax: 1_000 };
    const services = memoryServices({ templates, clock, settings });
    const templateId = await newTemplate(services);
    for (let i = 0; i < 20; i += 1) await editOk(services, templateId, [move(`op${i}`, i)]);
    expect(time.checkpoints).toHaveLength(1);
    time.now += 9 * COPY_MS;
    for (let i = 20; i < 40; i += 1) await editOk(services, templateId, [move(`op${i}`, i)]);
    expect(time.checkpoints).toHaveLength(2);
  });

  it("ENG-5 the bound on replays holds also while copies rest", async () => {
    const { time, clock, templates } = slowCopies();
    const settings = { checkpointVersionsMin: 1, checkpointVersionsMax: 10 };
    const services = memoryServices({ templates, clock, settings });
    const templateId = await newTemplate(services);
    for (let i = 0; i < 40; i += 1) await editOk(services, templateId, [move(`op${i}`, i)]);
    const gaps = time.checkpoints.map((version, i) => version - (time.checkpoints[i - 1] ?? 1));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(11);
    expect(time.checkpoints.length).toBeGreaterThanOrEqual(4);
  });
});
