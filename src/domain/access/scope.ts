/** What an API token may be used for. WRITE includes READ: whoever changes something is answered with what it is now. */
export const scopes = ["READ", "WRITE"] as const;
export type Scope = (typeof scopes)[number];
