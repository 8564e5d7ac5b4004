import { LocalBus } from "../../src/bus/localBus.js";
import { changeBusContract } from "./changeBus.js";

let bus: LocalBus | undefined;

changeBusContract("in-process", {
  async open() {
    bus = new LocalBus(() => undefined);
    return { here: bus, there: bus };
  },
  async close() {
    await bus?.close();
  },
});
