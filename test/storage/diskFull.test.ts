/** A database whose disk is full is reached, and says so. */
import type { ServerResponse } from "node:http";
import { expect, test } from "vitest";
import { respondReady } from "../../src/http/health.js";
import { createDiskWatch } from "../../src/storage/postgres/databaseWatch.js";
import { onDatabase } from "../../src/storage/postgres/statement.js";
import { StorageUnavailable } from "../../src/storage/storageUnavailable.js";

/** As PostgreSQL says it, wrapped as Prisma wraps it. */
const diskFull = Object.assign(new Error("Raw query failed"), {
  code: "P2010",
  meta: {
    driverAdapterError: Object.assign(new Error("postgres"), {
      cause: { kind: "postgres", originalCode: "53100", message: "No space left on device" },
    }),
  },
});

async function ready(isFull: () => boolean) {
  let status = 0;
  let body = "";
  const response = {
    headersSent: false,
    destroyed: false,
    writeHead: (code: number) => void (status = code),
    end: (text: string) => void (body = text),
  } as unknown as ServerResponse;
  const askDatabase = async () => 1;
  const other = { busHealthy: () => true, stopping: () => false };
  await respondReady(response, { askDatabase, diskFull: isFull, ...other });
  return { httpStatus: status, ...(JSON.parse(body) as object) };
}

test("FAIL-20 health and errors say that the disk is full, until writes succeed for a while", async () => {
  let now = 0;
  const isFull = createDiskWatch({ monotonic: () => now });
  expect(await ready(isFull)).toMatchObject({ httpStatus: 200, database: "up" });
  const failed = onDatabase(() => Promise.reject(diskFull));
  await expect(failed).rejects.toThrow(/DISK_FULL/);
  await expect(failed).rejects.toThrow(StorageUnavailable);
  expect(await ready(isFull)).toMatchObject({ httpStatus: 503, database: "disk full" });
  now += 31_000;
  expect(await ready(isFull)).toMatchObject({ httpStatus: 200, database: "up" });
  const away = onDatabase(() =>
    Promise.reject(Object.assign(new Error(), { code: "ECONNREFUSED" })),
  );
  await expect(away).rejects.toThrow("the database cannot be reached");
  expect(await ready(isFull)).toMatchObject({ httpStatus: 200 });
});
