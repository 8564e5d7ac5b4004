/** The attack in a process of its own: what it costs to make is not what others wait for. */
import { attack } from "./attack.js";

process.on("message", (options) => {
  const done = (count: number) => {
    if (count % 50 === 0) process.send?.({ count });
  };
  void attack({ ...(options as Parameters<typeof attack>[0]), done }).then(
    ({ answers, failures }) => process.send?.({ answers: [...answers], failures }),
  );
});
process.on("disconnect", () => process.exit(0));
