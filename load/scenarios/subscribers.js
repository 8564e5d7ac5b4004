/**
 * A thousand sessions on one node: all follow one template and each other's presence, while twenty changes a second are
 * made and a few cursors move. One session in twenty measures; the others receive what it does.
 */
import { setTimeout } from "k6/timers";
import { connect, follow } from "../k6/live.js";
import { followPresence, join, moveCursor } from "../k6/session.js";
import { apply, createTemplate, moveOf, signUp } from "../k6/template.js";

const SESSIONS = Number(__ENV.SESSIONS ?? 1_000);
const TEMPLATES = Number(__ENV.TEMPLATES ?? 1);
const SECONDS = Number(__ENV.SECONDS ?? 60);
const CHANGES_PER_SECOND = Number(__ENV.CHANGES_PER_SECOND ?? 20);
const CURSOR_MOVES_PER_SECOND = Number(__ENV.CURSOR_MOVES_PER_SECOND ?? 2);
const SESSIONS_PER_VU = 20;
const RECTANGLES = 500;
/** Until all have joined. */
const JOINING_SECONDS = Number(__ENV.JOINING_SECONDS ?? 30);

export const options = {
  setupTimeout: "120s",
  scenarios: {
    sessions: {
      executor: "per-vu-iterations",
      exec: "hold",
      vus: Math.ceil(SESSIONS / SESSIONS_PER_VU),
      iterations: 1,
      maxDuration: `${JOINING_SECONDS + SECONDS + 60}s`,
    },
    changes: {
      executor: "constant-arrival-rate",
      exec: "change",
      rate: CHANGES_PER_SECOND,
      duration: `${SECONDS}s`,
      startTime: `${JOINING_SECONDS}s`,
      preAllocatedVUs: 10,
    },
    cursors: {
      executor: "constant-arrival-rate",
      exec: "moveOwnCursor",
      rate: CURSOR_MOVES_PER_SECOND,
      duration: `${SECONDS}s`,
      startTime: `${JOINING_SECONDS}s`,
      preAllocatedVUs: 2,
    },
  },
  thresholds: {
    graphql_failed: ["rate==0"],
    edit_not_applied: ["rate==0"],
    change_delivered: ["p(99)<100"],
    change_out_of_order: ["rate==0"],
  },
};

export function setup() {
  const token = signUp();
  const templateIds = Array.from({ length: TEMPLATES }, () => createTemplate(token, RECTANGLES));
  return { token, templateIds, startsAt: Date.now() + JOINING_SECONDS * 1_000 };
}

/** Holds so many sessions open, their starts spread over the time for joining. */
export function hold({ token, templateIds, startsAt }) {
  const spreadMs = Math.max(0, startsAt - Date.now() - 3_000);
  for (let number = 0; number < SESSIONS_PER_VU; number += 1) {
    setTimeout(() => open({ token, templateIds, startsAt, number }), Math.random() * spreadMs);
  }
}

function open({ token, templateIds, startsAt, number }) {
  const templateId = templateIds[(__VU * SESSIONS_PER_VU + number) % templateIds.length];
  const clientId = `session-${__VU}-${number}`;
  const { sessionToken, version } = join({ token, templateId, clientId });
  connect(
    { token, isQuiet: number > 0 },
    {
      onReady(connection) {
        follow(connection, { templateId, fromVersion: version, since: startsAt });
        followPresence(connection, { templateId, sessionToken });
        setTimeout(() => connection.close(), startsAt - Date.now() + (SECONDS + 3) * 1_000);
      },
    },
  );
}

const versions = {};

export function change({ token, templateIds }) {
  const templateId = templateIds[Math.floor(Math.random() * templateIds.length)];
  const baseVersion = versions[templateId] ?? 1;
  const editing = { token, templateId, clientId: `editor-${__VU}`, baseVersion };
  versions[templateId] = apply([moveOf(__VU)], editing) ?? baseVersion;
}

let mover;

export function moveOwnCursor({ token, templateIds }) {
  const [templateId] = templateIds;
  mover ??= join({ token, templateId, clientId: `mover-${__VU}` });
  moveCursor({ token, sessionToken: mover.sessionToken });
}
