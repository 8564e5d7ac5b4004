/** The attack in a process of its own: what it costs to make is not what others wait for. */
import { attack } from "./attack.js";

process.on("message", (options) => {
  const done = (count: number) => {
    if (count % 50 === 0) process.send?.({ count });
  };
  void attack({ ...(options as Parameters<typeof attack>[0]), done }).then(
    ({ answers, failures }) => {
      const { user, system } = process.cpuUsage();
      const processorMs = (user + system) / 1_000;
      process.send?.({ answers: [...answers], failures, processorMs });
    },
  );
});
process.on("disconnect", () => process.exit(0));
