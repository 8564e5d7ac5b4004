/** Measures bus lag: the age of commits when they reach this node. */
import type { Clock } from "../platform/clock.js";
import type { ChangeBus } from "../bus/changeBus.js";

/** The bus, whose listeners of this view are timed; it is closed by its owner. */
export function timedBus(
  bus: ChangeBus,
  clock: Clock,
  arrived: (ageMs: number) => void,
): ChangeBus {
  return {
    publish: (message) => bus.publish(message),
    subscribe: (templateId, listener, ...topic) =>
      bus.subscribe(
        templateId,
        (message) => {
          if (message.kind === "changed") {
            const committedAt = message.operations?.at(-1)?.serverTimestamp;
            if (committedAt !== undefined) arrived(clock.now() - committedAt);
          }
          listener(message);
        },
        ...topic,
      ),
    get healthy() {
      return bus.healthy;
    },
    close: async () => {},
  };
}
