/**
 * Runs in the browser before GraphiQL: hands it the options of this page, and keeps tokens fresh. GraphiQL keeps its
 * tabs with their headers in localStorage, where the demo account's token would go stale.
 */
"use strict";

(() => {
  const { options, demo } = JSON.parse(document.getElementById("strata-options").textContent);
  const TABS = "graphiql:tabState";

  function subjectOf(token) {
    try {
      return JSON.parse(atob(token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/"))).sub;
    } catch {
      return undefined;
    }
  }

  /** The same account's token from an earlier visit is replaced by today's; any other header stays as typed. */
  function refreshed(headers) {
    const parsed = JSON.parse(headers);
    for (const [name, value] of Object.entries(parsed)) {
      if (name.toLowerCase() !== "authorization") continue;
      if (subjectOf(String(value).replace(/^Bearer /, "")) !== demo.userId) continue;
      parsed[name] = `Bearer ${demo.token}`;
    }
    return JSON.stringify(parsed, null, 2);
  }

  function refreshStoredTabs() {
    const stored = JSON.parse(localStorage.getItem(TABS) ?? "null");
    if (stored === null) return;
    for (const tab of stored.tabs) {
      if (typeof tab.headers === "string" && tab.headers.trim() !== "") {
        tab.headers = refreshed(tab.headers);
      }
    }
    localStorage.setItem(TABS, JSON.stringify(stored));
  }

  /** A WebSocket has no headers of its own: it connects with those of the tab that is run. */
  function connectionParams() {
    try {
      const { tabs, activeTabIndex } = JSON.parse(localStorage.getItem(TABS));
      return JSON.parse(tabs[activeTabIndex].headers);
    } catch {
      return options.headers === undefined ? {} : JSON.parse(options.headers);
    }
  }

  /** GraphiQL fills the editors of the first tab from here, where there are no tabs of an earlier visit. */
  function firstTab() {
    const [first] = options.defaultTabs;
    return localStorage.getItem(TABS) === null
      ? { initialVariables: first.variables, initialHeaders: first.headers }
      : {};
  }

  if (demo !== undefined) {
    try {
      refreshStoredTabs();
    } catch {
      // What is stored is not what we know; GraphiQL deals with it.
    }
  }
  // GraphiQL's tabs can be dragged; where they stand is measured too early, so a tab jumps away from under the pointer
  // as soon as it is pressed, and most clicks are lost. Without the press and the place (the page's own style) there
  // is no drag, and a click is a click.
  window.addEventListener(
    "pointerdown",
    (event) => {
      if (event.target instanceof Element && event.target.closest(".graphiql-tab") !== null) {
        event.stopImmediatePropagation();
      }
    },
    { capture: true },
  );

  globalThis.strataGraphiQL = { ...options, ...firstTab(), connectionParams };
})();
