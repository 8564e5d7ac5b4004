/** The tabs of GraphiQL about who is there: join a template, and see who joins, moves and leaves. */

/** A tab's document, and its variables. */
type Parts = readonly [query: string, variables: object];

/** Opens a session; without a sign of life it ends after half a minute. */
export function join(templateId: string, suffix: string): Parts {
  return [
    `
# Opens the template as an editor does. The
# session has a color and a token, with which
# updatePresence publishes the cursor. Without a
# heartbeat the session expires.
mutation Join($input: JoinTemplateInput!) {
  joinTemplate(input: $input) {
    __typename
    ... on TemplateJoined {
      session { id token color expiresAt }
      collaborators { clientId user { name } cursor { x y } }
      locks { target { pageId elementId } clientId }
    }
    ... on UserError { code message }
  }
}`,
    { input: { templateId, clientId: `graphiql-${suffix}` } },
  ];
}

/** Who is there, followed. */
export function presence(templateId: string): Parts {
  return [
    `
# Press play here, then Join in a second window:
# the first event lists all sessions, later ones
# report who joins, moves and leaves.
subscription Presence($templateId: ID!) {
  presenceChanged(templateId: $templateId) {
    joined { clientId color user { name } }
    moved { clientId cursor { x y } selection status }
    left { clientId }
    locks { target { pageId elementId } clientId }
  }
}`,
    { templateId },
  ];
}
