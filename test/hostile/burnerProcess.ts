/** Takes a share of one processor, and asks nothing of the server. */
const PERIOD_MS = 50;

process.on("message", (share: number) => {
  const busyMs = PERIOD_MS * share;
  const burn = () => {
    const began = process.cpuUsage();
    for (let usedMs = 0; usedMs < busyMs;) {
      const { user, system } = process.cpuUsage(began);
      usedMs = (user + system) / 1_000;
    }
    setTimeout(burn, PERIOD_MS - busyMs);
  };
  burn();
});
process.on("disconnect", () => process.exit(0));
