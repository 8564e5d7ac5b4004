/** Loaded into each node before the program: where the command is killed, the nodes it started stop too. */
process.once("disconnect", () => process.kill(process.pid, "SIGTERM"));
process.channel?.unref();
