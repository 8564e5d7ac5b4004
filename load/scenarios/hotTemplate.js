/** Two hundred people on one template: each follows it live and moves something every second or two. */
import { setInterval, setTimeout, clearInterval } from "k6/timers";
import { connect, follow } from "../k6/live.js";
import { apply, createTemplate, moveOf, signUp } from "../k6/template.js";

const EDITORS = Number(__ENV.EDITORS ?? 200);
const SECONDS = Number(__ENV.SECONDS ?? 60);
const EDIT_MS = Number(__ENV.EDIT_MS ?? 2_000);
const RECTANGLES = 1_000;

export const options = {
  scenarios: {
    editors: {
      executor: "per-vu-iterations",
      vus: EDITORS,
      iterations: 1,
      maxDuration: `${SECONDS + 60}s`,
    },
  },
  thresholds: {
    graphql_failed: ["rate==0"],
    edit_not_applied: ["rate==0"],
    edit_acknowledged: ["p(99)<500"],
    change_delivered: ["p(99)<1000"],
    change_out_of_order: ["rate==0"],
  },
};

export function setup() {
  const token = signUp();
  return { token, templateId: createTemplate(token, RECTANGLES) };
}

export default function ({ token, templateId }) {
  const clientId = `editor-${__VU}`;
  let baseVersion = 1;
  connect(
    { token },
    {
      onReady(connection) {
        const onChange = (version) => (baseVersion = version);
        follow(connection, { templateId, fromVersion: 1, since: Date.now(), onChange });
        // Spread over the interval: people do not act in step.
        setTimeout(() => {
          const editing = setInterval(
            () => apply([moveOf(__VU)], { token, templateId, clientId, baseVersion }),
            EDIT_MS,
          );
          setTimeout(() => {
            clearInterval(editing);
            setTimeout(() => connection.close(), 2_000);
          }, SECONDS * 1_000);
        }, Math.random() * EDIT_MS);
      },
    },
  );
}
