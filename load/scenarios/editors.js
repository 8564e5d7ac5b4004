/** Many people on many templates: each sends a mixed edit every half second or so, over HTTP, under MERGE. */
import { sleep } from "k6";
import { apply, createTemplate, mixedEdit, signUp } from "../k6/template.js";

const EDITORS = Number(__ENV.EDITORS ?? 100);
const TEMPLATES = Number(__ENV.TEMPLATES ?? 25);
const RECTANGLES = 200;

export const options = {
  scenarios: {
    editors: { executor: "constant-vus", vus: EDITORS, duration: __ENV.DURATION ?? "60s" },
  },
  thresholds: {
    graphql_failed: ["rate==0"],
    edit_not_applied: ["rate<0.001"],
    edit_acknowledged: ["p(99)<250"],
  },
};

export function setup() {
  const token = signUp();
  const templateIds = Array.from({ length: TEMPLATES }, () => createTemplate(token, RECTANGLES));
  return { token, templateIds };
}

let baseVersion = 1;

export default function ({ token, templateIds }) {
  // People do not all begin at one moment.
  if (__ITER === 0) sleep(3 * Math.random());
  const templateId = templateIds[__VU % templateIds.length];
  const clientId = `editor-${__VU}`;
  const editing = { token, templateId, clientId, baseVersion };
  baseVersion = apply([mixedEdit(RECTANGLES)], editing) ?? baseVersion;
  sleep(0.25 + Math.random() / 2);
}
