/** Sessions and presence: somebody who has a template open. */
import { fail } from "k6";
import { ask } from "./graphql.js";

const JOIN = `mutation ($input: JoinTemplateInput!) {
  joinTemplate(input: $input) {
    ... on TemplateJoined { template { version } session { id token } }
    ... on UserError { message }
  }
}`;

const PRESENCE = `subscription ($id: ID!, $session: String) {
  presenceChanged(templateId: $id, sessionToken: $session) { joined { sessionId } moved { sessionId cursor { x y } } left }
}`;

const MOVE = `mutation ($input: UpdatePresenceInput!) {
  updatePresence(input: $input) { __typename ... on UserError { message } }
}`;

/** Opens a session: its token, and the version the template was at. */
export function join({ token, templateId, clientId, node }) {
  const data = ask(
    JOIN,
    { input: { templateId, clientId } },
    { token, name: "joinTemplate", node },
  );
  const joined = data?.joinTemplate;
  if (joined?.session === undefined) fail(`joinTemplate was refused: ${joined?.message}`);
  return { sessionToken: joined.session.token, version: joined.template.version };
}

/** Follows who is there; the session lives as long. */
export function followPresence(connection, { templateId, sessionToken }, onNext) {
  connection.subscribe(PRESENCE, { id: templateId, session: sessionToken }, onNext);
}

/** Moves the session's cursor. */
export function moveCursor({ token, sessionToken, node }) {
  const cursor = { x: Math.random() * 1_000, y: Math.random() * 1_000 };
  ask(MOVE, { input: { sessionToken, cursor } }, { token, name: "updatePresence", node });
}
