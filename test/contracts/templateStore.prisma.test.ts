import { openStoreOnPostgres } from "./storeOnPostgres.js";
import { describeTemplateStates } from "./templateStates.js";
import { describeTemplateStore } from "./templateStore.js";

describeTemplateStore("prisma", openStoreOnPostgres);
describeTemplateStates("prisma", openStoreOnPostgres);
