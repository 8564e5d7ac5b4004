/**
 * The node that takes access away looks at the template's sessions itself: nodes follow the templates of sessions that
 * they serve, and of one that no connection holds none may.
 */
import type { ChangeBus } from "../bus/changeBus.js";

/** The bus, whose publications of changed access are also told to `check`. */
export function sessionsCheckedBus(bus: ChangeBus, check: (templateId: string) => void): ChangeBus {
  return {
    publish(message) {
      bus.publish(message);
      if (message.kind === "accessChanged") check(message.templateId);
    },
    subscribe: (...place) => bus.subscribe(...place),
    get healthy() {
      return bus.healthy;
    },
    close: () => bus.close(),
  };
}
