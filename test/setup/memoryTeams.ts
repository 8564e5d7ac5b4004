/** What commands on teams, and on guests who come by their links, work with, in memory. */
import { defaultTeamLimits, type TeamServices } from "../../src/commands/teams/teamServices.js";
import type { GuestStore } from "../../src/storage/guests/guestStore.js";
import { MemoryGuestStore } from "../twins/memoryGuestStore.js";
import { MemoryPermissionStore } from "../twins/memoryPermissionStore.js";
import { MemoryProjectStore } from "../twins/memoryProjectStore.js";
import { MemoryShareLinkStore } from "../twins/memoryShareLinkStore.js";
import { MemoryTeamData } from "../twins/memoryTeamData.js";
import { MemoryTeamStore } from "../twins/memoryTeamStore.js";
import { MemoryTemplateStore } from "../twins/memoryTemplateStore.js";
import { MemoryUserStore } from "../twins/memoryUserStore.js";
import type { UserStore } from "../../src/storage/accounts/userStore.js";

/** On stores of their own, unless others are given. */
export function memoryTeams({
  users = new MemoryUserStore(),
  now = Date.now,
  templates = new MemoryTemplateStore(),
  permissions = new MemoryPermissionStore(templates, now),
}: {
  readonly users?: UserStore;
  readonly now?: () => number;
  readonly templates?: MemoryTemplateStore;
  readonly permissions?: MemoryPermissionStore;
} = {}): TeamServices & { readonly guests: GuestStore } {
  const data = new MemoryTeamData(templates, permissions, now);
  const exists = async (userId: string) => (await users.findById(userId)) !== undefined;
  return {
    teams: new MemoryTeamStore(data, users),
    projects: new MemoryProjectStore(data, exists),
    shareLinks: new MemoryShareLinkStore(data),
    guests: new MemoryGuestStore(data),
    limits: defaultTeamLimits,
  };
}
