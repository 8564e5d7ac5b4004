/**
 * Runs in the browser before GraphiQL: who is signed in, in one place for all tabs, and how requests are sent. On the demo
 * the page signs in by itself and again when a token is over; elsewhere a bar at the top asks for it. A token that a person
 * pastes stays in the memory of the page: nothing stores it.
 */
"use strict";

globalThis.strataSession = (() => {
  const page = JSON.parse(document.getElementById("strata-options").textContent);
  const { endpoint } = page.options;
  const { eventsOf, subscribes } = globalThis.strataStreams;
  const { ownTemplate, withHeads } = globalThis.strataTour({ tour: page.tour, ask });
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
  /** Whether the person pasted the last token, which the page cannot renew. */
  let isPasted = false;
  /** The template that the tour's tabs name. */
  let tour = page.demo ?? stored(TOUR);

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
    const text = isPasted
      ? "Your token is no longer valid: paste a new one at the top of this page."
      : "Your sign-in has ended: sign in again at the top of this page.";
    return failure(text, "UNAUTHENTICATED");
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
    if (isPasted) {
      session = undefined;
      showWho();
      return false;
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

  /** As GraphiQL wants it. */
  function fetcher(body, { headers } = {}) {
    const text = JSON.stringify(body.variables ?? {});
    if (text.includes(page.placeholder)) {
      if (tour === undefined) return Promise.resolve(withoutTemplate());
      const variables = JSON.parse(text.replaceAll(page.placeholder, tour.templateId));
      return fetcher({ ...body, variables }, { headers });
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

  /** The tour's tabs name a template that is not there. */
  function withoutTemplate() {
    const text =
      session === undefined
        ? "Sign in at the top of this page: the tour then has a template of your own."
        : "No template could be made with this token: put the id of a template into the variables.";
    return failure(text, "UNAUTHENTICATED");
  }

  /** Goes on with a token that the person has from elsewhere. */
  async function useToken(token) {
    const query = "{ viewer { id name } }";
    const { data, errors } = await (await send({ query }, {}, undefined, token)).json();
    if (!data?.viewer) throw new Error(errors?.[0]?.message ?? "this token is not valid");
    session = { token, user: data.viewer };
    isPasted = true;
    ended = false;
    tour = await ownTemplate().catch(() => undefined);
    showWho();
  }

  async function signIn(field, input) {
    const type = field === "signUp" ? "SignUpInput" : "SignInInput";
    const query = `mutation ($input: ${type}!) { answer: ${field}(input: $input) { ${SIGN_IN_FIELDS} ${REFUSAL} } }`;
    session = undefined;
    isPasted = false;
    ended = false;
    const { data, errors } = await ask({ query, variables: { input } });
    if (!take(data?.answer)) throw new Error(data?.answer?.message ?? errors?.[0]?.message);
    keep(TOUR, await ownTemplate());
    location.reload();
  }

  function signOut() {
    // A token that was pasted is its owner's to end.
    if (isPasted) return location.reload();
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
    const who = bar.querySelector("#strata-who");
    for (const form of bar.querySelectorAll("form")) {
      form.hidden = session !== undefined || (form.id === "strata-token" && !page.issuer);
    }
    who.hidden = session === undefined;
    who.querySelector("span").textContent =
      page.demo === undefined
        ? `Signed in as ${session?.user?.name ?? ""}`
        : "Signed in to the demo account";
    who.querySelector("button").hidden = page.demo !== undefined;
  }

  const message = bar.querySelector("#strata-message");

  function showProblem(error) {
    message.textContent = error.message;
  }

  bar.querySelector("#strata-token").addEventListener("submit", (event) => {
    event.preventDefault();
    const field = bar.querySelector("[name=token]");
    message.textContent = "";
    useToken(field.value.trim().replace(/^Bearer\s+/i, "")).catch(showProblem);
    field.value = "";
  });
  bar.querySelector("#strata-sign-in").addEventListener("submit", (event) => {
    event.preventDefault();
    const email = bar.querySelector("[name=email]").value;
    const password = bar.querySelector("[name=password]").value;
    const isNew = event.submitter?.value === "signUp";
    const name = email.split("@")[0];
    message.textContent = "";
    const input = { email, password, ...(isNew && { name }) };
    signIn(isNew ? "signUp" : "signIn", input).catch(showProblem);
  });
  bar.querySelector("#strata-who button").addEventListener("click", signOut);
  bar.querySelector("[value=signUp]").hidden = !page.mayCreateAccount;
  if (page.issuer) {
    const label = `Access token of ${page.issuer}`;
    bar.querySelector("[name=token]").placeholder = label;
    bar.querySelector("[name=token]").ariaLabel = label;
  }
  showWho();

  return { page, tour, fetcher };
})();
