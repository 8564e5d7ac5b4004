/** The Redis adapters over TLS: one server, Sentinel and cluster, with certificates by name as hosted ones have. */
import { readFileSync } from "node:fs";
import { afterAll, afterEach, describe, expect, it } from "vitest";
import { systemClock } from "../../src/platform/clock.js";
import { RedisBus } from "../../src/bus/redisBus.js";
import { redisConnection, type RedisCertificates } from "../../src/redis/redisConnection.js";
import { Authority, type Certificate } from "../setup/certificates.js";
import { RedisProcesses, until } from "../setup/redisProcesses.js";
import { changesHeard, someChange } from "./changeBus.js";

const processes = new RedisProcesses();
const authority = new Authority();
const named = authority.sign("DNS:localhost");
const buses: RedisBus[] = [];

afterEach(async () => {
  await Promise.all(buses.splice(0).map((bus) => bus.close()));
});
afterAll(async () => {
  await processes.end();
  authority.end();
});

/** What a redis-server takes to speak TLS beside its plain port, which is that of the test's own commands. */
function speakTls({ cert, key }: Certificate, port: number, clients: "yes" | "no"): string[] {
  return [
    ...["--tls-port", String(port), "--tls-cert-file", cert, "--tls-key-file", key],
    ...["--tls-ca-cert-file", authority.file, "--tls-auth-clients", clients],
  ];
}

function openBus(url: string, certificates: RedisCertificates): [RedisBus, string[]] {
  const warnings: string[] = [];
  const bus = new RedisBus({
    ...{ url, certificates, nodeId: `node-${buses.length}`, clock: systemClock },
    warn: (_message, error) => warnings.push((error as Error).message),
  });
  buses.push(bus);
  return [bus, warnings];
}

async function expectNews(url: string, certificates: RedisCertificates): Promise<void> {
  const [[here], [there]] = [openBus(url, certificates), openBus(url, certificates)];
  const { heard } = changesHeard(there, "t1");
  await until(() => here.healthy && there.healthy);
  let version = 0;
  await until(() => {
    here.publish(someChange("t1", (version += 1), version + 1));
    return heard.length > 0;
  });
}

async function expectRefusal(
  url: string,
  certificates: RedisCertificates,
  reason: RegExp,
): Promise<void> {
  const [bus, warnings] = openBus(url, certificates);
  await until(() => warnings.length > 0);
  expect(warnings[0]).toMatch(reason);
  expect(bus.healthy).toBe(false);
}

const ca = authority.pem;

describe("Redis over TLS", () => {
  it("NODE-12 one server is trusted by name and authority, and not without", async () => {
    const port = await processes.freePort();
    await processes.server(...speakTls(named, port, "no"));
    await expectNews(`rediss://localhost:${port}`, { ca });
    await expectRefusal(`rediss://localhost:${port}`, {}, /self-signed|unable to/);
    await expectRefusal(`rediss://127.0.0.1:${port}`, { ca }, /does not match/);
  });

  it("NODE-12 a server that asks for a certificate is shown one", async () => {
    const port = await processes.freePort();
    await processes.server(...speakTls(named, port, "yes"));
    const { cert, key } = authority.sign("DNS:strata");
    const own = { cert: readFileSync(cert, "utf8"), key: readFileSync(key, "utf8") };
    await expectNews(`rediss://localhost:${port}`, { ca, ...own });
    await expectRefusal(`rediss://localhost:${port}`, { ca }, /certificate|ECONNRESET|closed/);
  });

  it("NODE-12 a connection that is given up in its handshake harms nobody", async () => {
    const port = await processes.freePort();
    await processes.server(...speakTls(named, port, "no"));
    // Trusted by nobody and ended early, a connection tells two errors; one that nobody hears fails this run.
    for (let attempt = 0; attempt < 40; attempt += 1) {
      const redis = redisConnection({ url: `rediss://localhost:${port}` }, "test", () => {});
      await new Promise((resolve) => setImmediate(resolve));
      redis.disconnect();
      await until(() => redis.status === "end");
    }
  });

  it("NODE-12 Sentinels and the master they name", async () => {
    const [port, sentinelPort] = [await processes.freePort(), await processes.freePort()];
    await processes.server(...speakTls(named, port, "no"));
    const { cert, key } = named;
    const options = [
      ...["sentinel resolve-hostnames yes", "sentinel announce-hostnames yes"],
      ...["tls-replication yes", "tls-auth-clients no", `tls-port ${sentinelPort}`],
      ...[`tls-cert-file ${cert}`, `tls-key-file ${key}`, `tls-ca-cert-file ${authority.file}`],
    ];
    await processes.sentinel("main", port, options, "localhost");
    await expectNews(`rediss+sentinel://localhost:${sentinelPort}/main`, { ca });
  });

  it("NODE-12 a cluster whose nodes are known by name", async () => {
    const port = await processes.freePort();
    const node = await processes.server(
      ...speakTls(named, port, "no"),
      ...["--tls-cluster", "yes", "--cluster-enabled", "yes"],
      ...["--cluster-config-file", `nodes-${port}.conf`],
      ...["--cluster-announce-hostname", "localhost"],
      ...["--cluster-preferred-endpoint-type", "hostname"],
    );
    await node.redis.call("CLUSTER", "ADDSLOTSRANGE", 0, 16_383);
    await until(async () =>
      ((await node.redis.call("CLUSTER", "INFO")) as string).includes("cluster_state:ok"),
    );
    await expectNews(`rediss+cluster://localhost:${port}`, { ca });
    await expectRefusal(`rediss+cluster://localhost:${port}`, {}, /slots/);
  });
});
