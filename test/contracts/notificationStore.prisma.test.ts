import { PrismaNotificationStore } from "../../src/storage/notifications/prismaNotificationStore.js";
import { describeNotificationStore } from "./notificationStore.js";
import { openStoreOnPostgres } from "./storeOnPostgres.js";

describeNotificationStore("prisma", async () => {
  const { database, newUser, close } = await openStoreOnPostgres();
  return { store: new PrismaNotificationStore(database.prisma), newUser, close };
});
