import { openStoreOnPostgres } from "./storeOnPostgres.js";
import { describeLogSearch } from "./logSearch.js";
import { describeTemplateStates } from "./templateStates.js";
import { describeTemplateStore } from "./templateStore.js";
import { describeTemplateRules } from "./templateStoreRules.js";

describeTemplateStore("prisma", openStoreOnPostgres);
describeTemplateStates("prisma", openStoreOnPostgres);
describeTemplateRules("prisma", openStoreOnPostgres);
describeLogSearch("prisma", openStoreOnPostgres);
