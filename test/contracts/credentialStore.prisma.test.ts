import { openDatabase } from "../../src/storage/postgres/database.js";
import { PrismaCredentialStore } from "../../src/storage/credentials/prismaCredentialStore.js";
import { PrismaUserStore } from "../../src/storage/accounts/prismaUserStore.js";
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
