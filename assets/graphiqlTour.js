/** Runs in the browser before the session (graphiqlSession.js): what the tour's tabs need of the server. */
"use strict";

/** `ask` answers a query or mutation as who is signed in. */
globalThis.strataTour = ({ tour, ask }) => {
  const REFUSAL = "... on UserError { code message }";

  /** Heads by the variables they were put into: pressing play again sends the same request. */
  const heads = new Map();

  /** Puts the current head where a choice names the head it was made on; see the tour's tab. */
  async function withHeads(variables) {
    const names = ["clientWins", "serverWins", "manual"];
    if (names.some((name) => variables?.[name]?.headVersion === undefined)) return variables;
    const text = JSON.stringify(variables);
    if (!heads.has(text)) {
      const query = "query ($id: ID!) { template(id: $id) { version } }";
      const id = variables.clientWins.templateId;
      heads.set(text, (await ask({ query, variables: { id } })).data?.template?.version);
    }
    const head = heads.get(text);
    if (head === undefined) return variables;
    // CLIENT_WINS keeps two operations, SERVER_WINS one of two.
    const after = { clientWins: head, serverWins: head + 2, manual: head + 3 };
    const put = names.map((name) => [name, { ...variables[name], headVersion: after[name] }]);
    return { ...variables, ...Object.fromEntries(put) };
  }

  /** A template for the tour, made the first time with a past to look back at. */
  async function ownTemplate() {
    const mine = `{ templates(first: 1, filter: { mine: true, tags: ["${tour.tag}"] }) { nodes { id } } }`;
    const found = (await ask({ query: mine })).data?.templates?.nodes[0];
    if (found !== undefined) return { templateId: found.id };
    const create = `mutation ($input: CreateTemplateInput!) {
      answer: createTemplate(input: $input) { ... on TemplateCreated { template { id } } ${REFUSAL} }
    }`;
    const { input } = tour;
    const { data } = await ask({ query: create, variables: { input } });
    const templateId = data?.answer?.template?.id;
    if (templateId === undefined)
      throw new Error(data?.answer?.message ?? "no template could be made");
    const apply = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }`;
    for (const [index, operation] of tour.history.entries()) {
      const edit = {
        templateId,
        baseVersion: index + 1,
        onConflict: "REJECT",
        operations: [operation],
      };
      await ask({ query: apply, variables: { input: edit } });
    }
    return { templateId };
  }

  return { ownTemplate, withHeads };
};
