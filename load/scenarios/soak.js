/** Ten minutes of people who come, edit, follow and go; the runner watches the server's memory meanwhile. */
import { clearInterval, setInterval, setTimeout } from "k6/timers";
import { connect, follow } from "../k6/live.js";
import { followPresence, join, moveCursor } from "../k6/session.js";
import { apply, createTemplate, mixedEdit, signUp } from "../k6/template.js";

const PEOPLE = Number(__ENV.PEOPLE ?? 50);
const SECONDS = Number(__ENV.SECONDS ?? 600);
// Few, so that what a node keeps of each is full soon.
const TEMPLATES = 2;
const RECTANGLES = 200;
const VISIT_MS = 15_000;
const EDIT_MS = Number(__ENV.EDIT_MS ?? 200);

export const options = {
  setupTimeout: "120s",
  scenarios: {
    people: { executor: "constant-vus", vus: PEOPLE, duration: `${SECONDS}s`, gracefulStop: "30s" },
  },
  thresholds: {
    graphql_failed: ["rate==0"],
    edit_not_applied: ["rate<0.001"],
    change_out_of_order: ["rate==0"],
  },
};

export function setup() {
  const token = signUp();
  const templateIds = Array.from({ length: TEMPLATES }, () => createTemplate(token, RECTANGLES));
  return { token, templateIds };
}

/** One visit: join, follow, edit and point for a while, leave without a word. */
export default function ({ token, templateIds }) {
  const templateId = templateIds[Math.floor(Math.random() * templateIds.length)];
  const clientId = `person-${__VU}-${__ITER}`;
  const { sessionToken, version } = join({ token, templateId, clientId });
  let baseVersion = version;
  connect(
    { token },
    {
      onReady(connection) {
        const onChange = (newest) => (baseVersion = newest);
        follow(connection, { templateId, fromVersion: version, onChange });
        followPresence(connection, { templateId, sessionToken });
        const editing = setInterval(() => {
          apply([mixedEdit(RECTANGLES)], { token, templateId, clientId, baseVersion });
          moveCursor({ token, sessionToken });
        }, EDIT_MS);
        setTimeout(
          () => {
            clearInterval(editing);
            connection.close();
          },
          VISIT_MS * (0.5 + Math.random()),
        );
      },
    },
  );
}
