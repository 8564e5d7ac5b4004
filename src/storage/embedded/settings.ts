/** Settings of the embedded PostgreSQL, by their names in postgresql.conf. */
export type PostgresSettings = Readonly<Record<string, string>>;

/**
 * The defaults, for a machine with two cores and little memory. They are passed on the command line, so a new version
 * of Strata brings its own. An acknowledged edit is durable: fsync, synchronous_commit and full_page_writes are on.
 */
const DEFAULT_SETTINGS: PostgresSettings = {
  fsync: "on",
  synchronous_commit: "on",
  full_page_writes: "on",
  shared_buffers: "128MB",
  max_connections: "100",
  // Less to write and to flush for full page images, which is most of the log right after a checkpoint.
  wal_compression: "on",
  // Edits come in bursts; checkpoints by size would fall into them.
  max_wal_size: "2GB",
  checkpoint_timeout: "10min",
  random_page_cost: "1.1",
  // Compiling queries pays for long ones only, and there are none.
  jit: "off",
  timezone: "UTC",
  log_timezone: "UTC",
  log_line_prefix: "%m [%p] ",
  log_checkpoints: "off",
};

/**
 * Arguments for the `postgres` program: TCP on the loopback interface alone, and no Unix socket, so that only who
 * knows the password gets in, and no file is left in a shared folder.
 */
export function settingArguments(port: number, overrides: PostgresSettings = {}): string[] {
  const settings = {
    ...DEFAULT_SETTINGS,
    ...overrides,
    listen_addresses: "127.0.0.1",
    port: String(port),
    unix_socket_directories: "",
    logging_collector: "off",
  };
  return Object.entries(settings).flatMap(([name, value]) => ["-c", `${name}=${value}`]);
}
