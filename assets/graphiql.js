/**
 * Runs in the browser before GraphiQL: hands it the options of this page, and keeps stored tabs fresh. GraphiQL keeps
 * them in localStorage, where the demo account's token and the ids of the tour's operations would go stale.
 */
"use strict";

(() => {
  const { options, visit, demo } = JSON.parse(
    document.getElementById("strata-options").textContent,
  );
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

  const ID = /"([a-z-]+)-[0-9a-f]{6}"/g;
  const VERSION = /"(baseVersion|headVersion)": \d+/g;

  /** Variables but for what differs from visit to visit. */
  function essence(variables) {
    return variables.replaceAll(ID, '"$1"').replaceAll(VERSION, '"$1"');
  }

  /**
   * Ids of an earlier visit are in the log: sending them again would rightly change nothing, and show nothing. What
   * nobody edited is taken from the tour of today; in other tabs the ids are renewed.
   */
  function renewed({ query, variables }) {
    const tour = options.defaultTabs.find((tab) => tab.query === query);
    if (tour !== undefined && essence(tour.variables) === essence(variables)) return tour.variables;
    return variables.replaceAll(ID, `"$1-${visit}"`);
  }

  /** Where another database answers than at the last visit, stored tabs name a template and an account it does not have. */
  function forgetOtherDatabase() {
    if (demo === undefined) return;
    const known = localStorage.getItem("strata:demo");
    if (known !== null && known !== demo.userId) localStorage.clear();
    localStorage.setItem("strata:demo", demo.userId);
  }

  /** The tabs of an earlier visit, fit for this one; undefined where there are none. */
  function storedTabs() {
    try {
      const stored = JSON.parse(localStorage.getItem(TABS));
      for (const tab of stored.tabs) {
        if (tab.variables) tab.variables = renewed(tab);
        if (tab.headers && demo !== undefined) tab.headers = refreshed(tab.headers);
      }
      localStorage.setItem(TABS, JSON.stringify(stored));
      return stored;
    } catch {
      // Nothing is stored, or not what we know; GraphiQL deals with it.
      return undefined;
    }
  }

  /**
   * What the editors hold at first. GraphiQL opens the stored tab that equals it, and one more tab where none does;
   * the address holds the text of the tab that was open, or of a link.
   */
  function initialTab(stored) {
    const linked = new URL(location.href).searchParams.get("query");
    const tabs = stored?.tabs ?? options.defaultTabs;
    const wanted = tabs.find((tab) => tab.query === linked);
    const tab = wanted ?? (linked === null ? tabs[stored?.activeTabIndex ?? 0] : undefined);
    if (tab === undefined) return {};
    return {
      initialQuery: tab.query,
      initialVariables: tab.variables,
      initialHeaders: tab.headers,
    };
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

  forgetOtherDatabase();
  globalThis.strataGraphiQL = { ...options, ...initialTab(storedTabs()), connectionParams };
})();
