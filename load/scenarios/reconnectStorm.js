/**
 * A node dies: its thousand clients come back at once to the other one, each with the last version it saw. Meanwhile
 * people on the surviving node edit on. The runner kills the node (`NODE_DIES_AT_SECONDS`) and compares what the
 * survivors measured before and in the storm.
 */
import { clearInterval, setInterval, setTimeout } from "k6/timers";
import { Counter, Trend } from "k6/metrics";
import { connect, follow } from "../k6/live.js";
import { apply, createTemplate, moveOf, signUp } from "../k6/template.js";

const CLIENTS = Number(__ENV.CLIENTS ?? 1_000);
const SURVIVORS = Number(__ENV.SURVIVORS ?? 20);
const SECONDS = Number(__ENV.SECONDS ?? 60);
const DIES_AT_SECONDS = Number(__ENV.NODE_DIES_AT_SECONDS ?? 40);
/** How long after the node's death the survivors' measurements count as made in the storm. */
const STORM_SECONDS = 10;
const CLIENTS_PER_VU = 20;
const RECTANGLES = 500;
const RECONNECT_MS_MAX = 1_000;

/** From a survivor's edit to its acknowledgement, in milliseconds: before the node's death, and right after it. */
export const calm = new Trend("survivor_calm", true);
export const storm = new Trend("survivor_storm", true);
/** From the loss of the socket to the first event on the other node, in milliseconds. */
export const back = new Trend("client_back", true);
export const lost = new Counter("client_lost_socket");

export const options = {
  setupTimeout: "120s",
  scenarios: {
    clients: {
      executor: "per-vu-iterations",
      exec: "hold",
      vus: Math.ceil(CLIENTS / CLIENTS_PER_VU),
      iterations: 1,
      maxDuration: `${SECONDS + 60}s`,
    },
    survivors: {
      executor: "per-vu-iterations",
      exec: "survive",
      vus: SURVIVORS,
      iterations: 1,
      maxDuration: `${SECONDS + 60}s`,
    },
  },
  thresholds: {
    edit_not_applied: ["rate==0"],
    change_out_of_order: ["rate==0"],
    client_lost_socket: [`count>=${CLIENTS}`],
    client_back: ["max<15000"],
  },
};

export function setup() {
  const token = signUp();
  const startedAt = Date.now();
  return {
    token,
    templateId: createTemplate(token, RECTANGLES),
    ownTemplateId: createTemplate(token, RECTANGLES),
    diesAt: startedAt + DIES_AT_SECONDS * 1_000,
    endsAt: startedAt + SECONDS * 1_000,
  };
}

export function hold(run) {
  const spreadMs = Math.max(0, run.diesAt - Date.now() - 15_000);
  for (let number = 0; number < CLIENTS_PER_VU; number += 1) {
    setTimeout(() => openOn(1, run, { version: 1 }), Math.random() * spreadMs);
  }
}

/** Follows the template on the node; where the socket is lost, on the surviving one from the version it had. */
function openOn(node, run, { version, lostAt }) {
  const { token, templateId, endsAt } = run;
  let seen = version;
  let isBack = lostAt === undefined;
  const onChange = (newest) => {
    seen = newest;
    if (!isBack) back.add(Date.now() - lostAt);
    isBack = true;
  };
  connect(
    { token, node },
    {
      onReady(connection) {
        follow(connection, { templateId, fromVersion: version, since: Date.now(), onChange });
        setTimeout(() => connection.close(), endsAt - Date.now());
      },
      onClose() {
        if (Date.now() >= endsAt - 500) return;
        lost.add(1);
        const state = { version: seen, lostAt: lostAt ?? Date.now() };
        setTimeout(() => openOn(0, run, state), Math.random() * RECONNECT_MS_MAX);
      },
    },
  );
}

/** Edits on the surviving node; the first of them edits what all the clients follow. */
export function survive({ token, templateId, ownTemplateId, diesAt, endsAt }) {
  const target = __VU % SURVIVORS === 0 ? templateId : ownTemplateId;
  let baseVersion = 1;
  const editing = setInterval(() => {
    const startedAt = Date.now();
    const edit = { token, templateId: target, clientId: `survivor-${__VU}`, baseVersion };
    baseVersion = apply([moveOf(__VU)], edit) ?? baseVersion;
    // The first seconds warm the server up, and so does the joining of the clients.
    const beforeDeath = startedAt - diesAt;
    if (beforeDeath >= -10_000 && beforeDeath < 0) calm.add(Date.now() - startedAt);
    if (beforeDeath >= 0 && beforeDeath < STORM_SECONDS * 1_000) storm.add(Date.now() - startedAt);
  }, 250);
  setTimeout(() => clearInterval(editing), endsAt - Date.now());
}
