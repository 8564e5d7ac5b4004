/**
 * Runs in the browser on the pages that links for people lead to: setting a new password, accepting an invitation. The link's
 * token is in the fragment, which browsers send to no server. The script takes it out of the address, so that it stays
 * in no history, and keeps neither the token nor a session.
 */
"use strict";

(() => {
  const { endpoint, documents } = globalThis.strataAccount;
  const main = document.querySelector("main");
  const form = main.querySelector("form");
  const field = (name) => form.elements.namedItem(name);
  const token = location.hash.slice(1);
  if (token !== "") history.replaceState(null, "", location.pathname);
  // Another link that is opened in this tab begins anew.
  addEventListener("hashchange", () => location.reload());

  /** A problem that the person can read and act on. */
  class Problem extends Error {}

  function show(role, text) {
    const place = main.querySelector(`[role=${role}]`);
    place.textContent = text;
    place.hidden = text === "";
  }

  /** Ends the page: the form goes, the text stays. */
  function finish(role, text) {
    form.hidden = true;
    show("alert", "");
    show(role, text);
  }

  async function post(name, input, bearer) {
    const { id: documentId, text: query } = documents[name];
    const authorization = bearer === undefined ? {} : { authorization: `Bearer ${bearer}` };
    const answer = await fetch(endpoint, {
      method: "POST",
      headers: { "content-type": "application/json", ...authorization },
      // The id is for servers that run nothing but persisted documents.
      body: JSON.stringify({ documentId, query, variables: { input } }),
    });
    return answer.json();
  }

  /** The payload of a mutation. Throws Problem with the server's words where it is a refusal. */
  async function ask(name, input, bearer) {
    let answered;
    try {
      answered = await post(name, input, bearer);
    } catch {
      throw new Problem("The server cannot be reached. Check your connection and try again.");
    }
    const { data, errors } = answered;
    const refusal = errors?.[0] ?? data.answer;
    if (refusal.message === undefined) return data.answer;
    const retryAfterMs = refusal.retryAfterMs ?? refusal.extensions?.retryAfterMs;
    const wait = retryAfterMs ? ` Try again in ${Math.ceil(retryAfterMs / 1_000)} s.` : "";
    throw new Problem(`${sentence(refusal.message)}${wait}`);
  }

  /** The API's messages name input fields; people know them by their labels. */
  function sentence(message) {
    const text = message
      .replace(/^(newPassword|password)\b/, "the password")
      .replace(/^token\b/, "the link");
    return `${text[0].toUpperCase()}${text.slice(1)}.`;
  }

  /** The page needs no session: what a mutation answered is signed out at once, on a device that may be shared. */
  async function endSession({ refreshToken }) {
    await ask("signOut", { refreshToken }).catch(() => undefined);
  }

  async function resetPassword() {
    const newPassword = field("password").value;
    if (newPassword !== field("repeated").value) throw new Problem("The two passwords differ.");
    await endSession(await ask("resetPassword", { token, newPassword }));
    finish(
      "status",
      "Your new password is set. Sign in to the design editor with it; you can close this page.",
    );
  }

  async function acceptInvitation(action) {
    const credentials = { email: field("email").value, password: field("password").value };
    let session;
    if (action === "signUp") {
      const name = field("name").value.trim() || credentials.email.split("@")[0];
      session = await ask("signUp", { ...credentials, name, invitation: token });
    } else {
      session = await ask("signIn", credentials);
      const accept = token.startsWith("permission_")
        ? "acceptTemplatePermission"
        : "acceptInvitation";
      await ask(accept, { token }, session.token).catch(async (error) => {
        await endSession(session);
        throw error;
      });
    }
    await endSession(session);
    finish(
      "status",
      "The invitation is accepted. Sign in to the design editor to begin; you can close this page.",
    );
  }

  const pages = {
    resetPassword: { purposes: ["reset"], submit: resetPassword },
    invitation: { purposes: ["invitation", "permission"], submit: acceptInvitation },
  };
  const { purposes, submit } = pages[main.dataset.page];

  if (!purposes.some((purpose) => token.startsWith(`${purpose}_`))) {
    finish("alert", "This link is incomplete. Open the whole link again, as it was sent to you.");
    return;
  }
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    const buttons = [...form.querySelectorAll("button")];
    show("alert", "");
    for (const button of buttons) button.disabled = true;
    try {
      await submit(event.submitter?.value);
    } catch (error) {
      show("alert", error instanceof Problem ? error.message : "Something went wrong. Try again.");
    }
    for (const button of buttons) button.disabled = false;
  });
})();
