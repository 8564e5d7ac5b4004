/** How presence is kept and how often it is told; each name carries its unit. */
export interface PresenceSettings {
  /** What is shown of a session that no node vouches for any more, at most. */
  readonly presenceLifetimeMs: number;
  /** How often a node says again who is here through it. */
  readonly presenceRenewMs: number;
  /** Between two messages about a template, to one subscriber and to the other nodes. */
  readonly presenceMessageMs: number;
  /** Between two writes of what moved, for rooms that open later. */
  readonly presenceStoreMs: number;
  /** How long the names of people may be out of date. */
  readonly presencePeopleMs: number;
  /** Between two looks at who may see a template, beside those that a message asks for. */
  readonly presenceAccessMs: number;
  /** How long after somebody last did something they are shown as idle, … */
  readonly presenceIdleMs: number;
  /** … and as away. */
  readonly presenceAwayMs: number;
  /** Deliveries after which other work of the process gets its turn. */
  readonly deliveriesPerTurn: number;
}

export const defaultPresenceSettings: PresenceSettings = {
  presenceLifetimeMs: 60_000,
  presenceRenewMs: 20_000,
  // At most 30 a second.
  presenceMessageMs: 34,
  presenceStoreMs: 1_000,
  presencePeopleMs: 10_000,
  presenceAccessMs: 10_000,
  presenceIdleMs: 120_000,
  presenceAwayMs: 900_000,
  deliveriesPerTurn: 256,
};
