import { openDatabase } from "../../src/storage/database.js";
import { PrismaCredentialStore } from "../../src/storage/prismaCredentialStore.js";
import { PrismaUserStore } from "../../src/storage/prismaUserStore.js";
import { createTestDatabase } from "../setup/database.js";
import { describeCredentialStore } from "./credentialStore.js";
import { databaseOptions } from "./storeOnPostgres.js";

describeCredentialStore("prisma", async () => {
  const { url, drop } = await createTestDatabase();
  const database = openDatabase(databaseOptions(url));
  return {
    store: new PrismaCredentialStore(database.prisma),
    users: new PrismaUserStore(database.prisma),
    async close() {
      await database.close();
      await drop();
    },
  };
});
