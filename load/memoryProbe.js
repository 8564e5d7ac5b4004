/** Preloaded into a node under load: answers how much memory is in use, after a full collection. Needs --expose-gc. */
process.on("message", () => {
  globalThis.gc();
  const { heapUsed, external } = process.memoryUsage();
  process.send(heapUsed + external);
});
// Asking is no reason to stay.
process.channel?.unref();
