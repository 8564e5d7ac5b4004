import { openDatabase } from "../../src/storage/postgres/database.js";
import { PrismaUserStore } from "../../src/storage/accounts/prismaUserStore.js";
import { createTestDatabase } from "../setup/database.js";
import { databaseOptions } from "./storeOnPostgres.js";
import { describeUserStore } from "./userStore.js";

describeUserStore("prisma", async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase(databaseOptions(url));
  return {
    store: new PrismaUserStore(database.prisma),
    async close() {
      await database.close();
      await drop();
    },
  };
});
