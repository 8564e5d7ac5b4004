/**
 * Runs in the browser before GraphiQL: who is signed in, in one place for all tabs, and how requests are sent. On the demo
 * the page signs in by itself and again when a token is over; elsewhere a bar at the top asks for it.
 */
"use strict";

globalThis.strataSession = (() => {
  const page = JSON.parse(document.getElementById("strata-options").textContent);
  const { endpoint } = page.options;
  const { eventsOf, subscribes } = globalThis.strataStreams;
  const SESSION = "strata:session";
  const TOUR = "strata:tour";
  const SIGN_IN_FIELDS = "... on Session { token refreshToken user { id name } }";
  const REFUSAL = "... on UserError { code message }";
  const RETRY_MS_MIN = 500;
  const RETRY_MS_MORE = 1_500;

  /** The token, how to get the next one, and whose it is. */
  let session = page.demo ?? stored(SESSION);
  /** Whether somebody was signed in until the token was over for good. */
  let ended = false;
  /** The template that the tour's tabs name. */
  const tour = page.demo ?? stored(TOUR);

  function stored(name) {
    try {
      return JSON.parse(localStorage.getItem(name)) ?? undefined;
    } catch {
      return undefined;
    }
  }

  function keep(name, value) {
    if (value === undefined) localStorage.removeItem(name);
    else localStorage.setItem(name, JSON.stringify(value));
  }

  function failure(message, code) {
    return { errors: [{ message, extensions: { code } }] };
  }

  function signedOut() {
    return failure(
      "Your sign-in has ended: sign in again at the top of this page.",
      "UNAUTHENTICATED",
    );
  }

  function send(body, headers, signal, token = session?.token) {
    const authorization = token ? { authorization: `Bearer ${token}` } : {};
    return fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", ...authorization, ...headers },
      body: JSON.stringify(body),
      signal,
    });
  }

  let renewing;

  /**
   * A new token in the place of one that is over; false where the person has to sign in. Requests that find it over at
   * once wait for one renewal: a refresh token is good once.
   */
  function renewed() {
    renewing ??= renew().finally(() => (renewing = undefined));
    return renewing;
  }

  async function renew() {
    if (page.demo !== undefined) {
      const answer = await fetch("/graphiql/demo");
      if (!answer.ok) return false;
      session = await answer.json();
      return true;
    }
    // Another window may have done it.
    const known = stored(SESSION);
    if (known !== undefined && known.token !== session?.token) {
      session = known;
      return true;
    }
    if (session === undefined) return false;
    const { refreshToken } = session;
    const query = `mutation ($refreshToken: String!) {
      answer: refreshSession(input: { refreshToken: $refreshToken }) { ${SIGN_IN_FIELDS} ${REFUSAL} }
    }`;
    const { data } = await (
      await send({ query, variables: { refreshToken } }, {}, undefined, "")
    ).json();
    return take(data?.answer);
  }

  function take(answer) {
    session = answer?.token === undefined ? undefined : answer;
    keep(SESSION, session);
    showWho();
    return session !== undefined;
  }

  /** Answers one query or mutation as JSON; a token that is over is renewed once. */
  async function ask(body, headers = {}) {
    const used = session?.token;
    // The schema is told to whoever asks.
    const needsNobody = body.operationName === "IntrospectionQuery";
    if (ended && !needsNobody) return signedOut();
    let answer = await send(body, headers);
    if (answer.status === 401 && used !== undefined) {
      // Another request may have renewed it meanwhile.
      ended = session?.token === used && !(await renewed());
      if (ended && !needsNobody) return signedOut();
      answer = await send(body, headers);
    }
    return answer.json();
  }

  /** Server-sent events, from where the last connection ended, until the server completes them or nobody listens. */
  async function follow(body, headers, observer, signal) {
    let lastId;
    let last;
    let away = false;
    while (!signal.aborted) {
      try {
        const resume = lastId === undefined ? {} : { "last-event-id": lastId };
        const accept = { accept: "text/event-stream" };
        const answer = await send(body, { ...accept, ...resume, ...headers }, signal);
        if (answer.status === 401) {
          // A header that the person wrote is not the session's to renew.
          const isOwn = Object.keys(headers).some((name) => /^authorization$/i.test(name));
          if (!isOwn && session !== undefined) ended = !(await renewed());
          if (!isOwn && session !== undefined) continue;
          observer.next(signedOut());
          return observer.complete();
        }
        const isStream = answer.headers.get("content-type")?.includes("event-stream") === true;
        if (!isStream && answer.status !== 503 && answer.status !== 429) {
          observer.next(await answer.json());
          return observer.complete();
        }
        if (isStream) {
          if (away)
            observer.next(last ?? { status: "connected again; waiting for the next event" });
          away = false;
          for await (const event of eventsOf(answer.body)) {
            if (event.name === "complete") return observer.complete();
            if (event.name !== "next") continue;
            lastId = event.id ?? lastId;
            last = JSON.parse(event.data);
            observer.next(last);
          }
        }
      } catch {
        // The connection was cut, or could not be made.
      }
      if (signal.aborted) return;
      if (!away) observer.next({ status: "the connection was lost; trying again" });
      away = true;
      await new Promise((resolve) =>
        setTimeout(resolve, RETRY_MS_MIN + Math.random() * RETRY_MS_MORE),
      );
    }
  }

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

  /** As GraphiQL wants it. */
  function fetcher(body, { headers } = {}) {
    const text = JSON.stringify(body.variables ?? {});
    if (text.includes(page.placeholder)) {
      return Promise.resolve(
        failure(
          "Sign in at the top of this page: the tour then has a template of your own.",
          "UNAUTHENTICATED",
        ),
      );
    }
    if (subscribes(body)) {
      return {
        subscribe(observer) {
          const stop = new AbortController();
          void follow(body, headers ?? {}, observer, stop.signal);
          return { unsubscribe: () => stop.abort() };
        },
      };
    }
    return withHeads(body.variables)
      .then((variables) => ask({ ...body, variables }, headers ?? {}))
      .catch(() => failure("The server cannot be reached; is it running?", "UNREACHABLE"));
  }

  async function signIn(field, input) {
    const type = field === "signUp" ? "SignUpInput" : "SignInInput";
    const query = `mutation ($input: ${type}!) { answer: ${field}(input: $input) { ${SIGN_IN_FIELDS} ${REFUSAL} } }`;
    session = undefined;
    ended = false;
    const { data, errors } = await ask({ query, variables: { input } });
    if (!take(data?.answer)) throw new Error(data?.answer?.message ?? errors?.[0]?.message);
    keep(TOUR, await ownTemplate());
    location.reload();
  }

  /** A template for the tour, made the first time with a past to look back at. */
  async function ownTemplate() {
    const mine = `{ templates(first: 1, filter: { mine: true, tags: ["${page.tour.tag}"] }) { nodes { id } } }`;
    const found = (await ask({ query: mine })).data?.templates?.nodes[0];
    if (found !== undefined) return { templateId: found.id };
    const create = `mutation ($input: CreateTemplateInput!) {
      answer: createTemplate(input: $input) { ... on TemplateCreated { template { id } } ${REFUSAL} }
    }`;
    const { input } = page.tour;
    const { data } = await ask({ query: create, variables: { input } });
    const templateId = data?.answer?.template?.id;
    if (templateId === undefined)
      throw new Error(data?.answer?.message ?? "no template could be made");
    const apply = `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }`;
    for (const [index, operation] of page.tour.history.entries()) {
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

  function signOut() {
    const query =
      "mutation ($refreshToken: String!) { signOut(input: { refreshToken: $refreshToken }) { __typename } }";
    const { refreshToken } = session ?? {};
    const told =
      refreshToken === undefined ? undefined : ask({ query, variables: { refreshToken } });
    take(undefined);
    keep(TOUR, undefined);
    void Promise.resolve(told).finally(() => location.reload());
  }

  const bar = document.getElementById("strata-bar");

  function showWho() {
    const form = bar.querySelector("form");
    const who = bar.querySelector("#strata-who");
    form.hidden = session !== undefined;
    who.hidden = session === undefined;
    who.querySelector("span").textContent =
      page.demo === undefined
        ? `Signed in as ${session?.user?.name ?? ""}`
        : "Signed in to the demo account";
    who.querySelector("button").hidden = page.demo !== undefined;
  }

  bar.querySelector("form").addEventListener("submit", (event) => {
    event.preventDefault();
    const email = bar.querySelector("[name=email]").value;
    const password = bar.querySelector("[name=password]").value;
    const isNew = event.submitter?.value === "signUp";
    const name = email.split("@")[0];
    const message = bar.querySelector("#strata-message");
    message.textContent = "";
    signIn(isNew ? "signUp" : "signIn", { email, password, ...(isNew && { name }) }).catch(
      (error) => {
        message.textContent = error.message;
      },
    );
  });
  bar.querySelector("#strata-who button").addEventListener("click", signOut);
  showWho();

  return { page, tour, fetcher };
})();
