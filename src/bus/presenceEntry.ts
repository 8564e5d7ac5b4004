/** One session's presence as everybody sees it. Whole, so that the newest says everything and what was lost does not matter. */
import type { TextSelection } from "../domain/text/textSelection.js";

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A rectangle of one page. */
export interface PresenceViewport extends Point {
  readonly pageId: string;
  readonly width: number;
  readonly height: number;
}

/** A caret or range in a text, as it is in the document at the version. */
export interface ShownTextSelection extends TextSelection {
  readonly version: number;
}

/** What a client says of itself; null where it has not said. */
export interface PresenceState {
  readonly status: string | null;
  readonly pageId: string | null;
  /** Canvas units, on the page. */
  readonly cursor: Point | null;
  /** Ids of what is selected. */
  readonly selection: readonly string[];
  /** What the person looks at. */
  readonly viewport: PresenceViewport | null;
  /** Absent and null are the same: nodes of an older version know entries without. */
  readonly textSelection?: ShownTextSelection | null;
}

const nothingSaid: PresenceState = {
  status: null,
  pageId: null,
  cursor: null,
  selection: [],
  viewport: null,
};

/** What is said of a state, and nothing else. */
function stateOf(state: PresenceState): PresenceState {
  const { status, pageId, cursor, selection, viewport, textSelection } = state;
  const said = { status, pageId, cursor, selection, viewport };
  return textSelection == null ? said : { ...said, textSelection };
}

/** What of a session is shown. */
export interface SessionShown {
  readonly id: string;
  readonly userId: string;
  readonly clientId: string;
  /** `#rrggbb`. */
  readonly color: string;
  /** Milliseconds since the epoch, as is `lastActiveAt`. */
  readonly joinedAt: number;
  readonly lastKnownVersion: number;
  readonly lastActiveAt: number;
}

export function entryOf(
  { id, userId, clientId, color, joinedAt }: SessionShown,
  state: Partial<PresenceState>,
  rest: Required<Pick<PresenceEntry, "sequence" | "updatedAt" | "life">>,
): PresenceEntry {
  const said = stateOf({ ...nothingSaid, ...state });
  return { ...said, sessionId: id, userId, clientId, color, joinedAt, ...rest };
}

/** What the nodes know of a session beside what its client says. */
export interface SessionLife {
  /** The connection that keeps it alive; null while none does. */
  readonly connectionId: string | null;
  /** The newest version that its client is known to have. */
  readonly lastKnownVersion: number;
  /** When it last gave a sign of its person, milliseconds since the epoch. */
  readonly lastActiveAt: number;
}

export interface PresenceEntry extends PresenceState {
  readonly sessionId: string;
  /** Grows with each change of the session's presence, whichever node makes it: of two entries the greater one holds. */
  readonly sequence: number;
  readonly userId: string;
  readonly clientId: string;
  /** `#rrggbb`. */
  readonly color: string;
  /** Milliseconds since the epoch, as is `updatedAt`. */
  readonly joinedAt: number;
  readonly updatedAt: number;
  /** Absent in what nodes of an older version say. */
  readonly life?: SessionLife;
}

/** Whether somebody who has a template open does something there. */
export const presenceActivities = ["ACTIVE", "IDLE", "AWAY"] as const;
export type PresenceActivity = (typeof presenceActivities)[number];

/** An entry as it is shown at a moment. */
export interface ShownPresence extends PresenceEntry {
  readonly activity: PresenceActivity;
}
