/**
 * Runs in the browser after the session (graphiqlSession.js) and before GraphiQL: hands it the options of this page, and
 * keeps stored tabs fresh. GraphiQL keeps them in localStorage, where the ids of the tour's operations would go stale.
 */
"use strict";

(() => {
  const { page, tour, fetcher } = globalThis.strataSession;
  const { options, visit, placeholder } = page;
  const TABS = "graphiql:tabState";
  const TOURED = "strata:toured";

  /** The template that stored tabs of the tour name. */
  const toured = localStorage.getItem(TOURED) ?? placeholder;

  /** With the template of who is signed in now. */
  function ofThisTour(text) {
    const known = text.replaceAll(toured, placeholder);
    return tour === undefined ? known : known.replaceAll(placeholder, tour.templateId);
  }

  const defaultTabs = options.defaultTabs.map((tab) => ({
    ...tab,
    variables: ofThisTour(tab.variables),
  }));

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
    const own = ofThisTour(variables);
    const today = defaultTabs.find((tab) => tab.query === query);
    if (today !== undefined && essence(today.variables) === essence(own)) return today.variables;
    return own.replaceAll(ID, `"$1-${visit}"`);
  }

  /** Where another database answers than at the last visit, stored tabs name a template and an account it does not have. */
  function forgetOtherDatabase() {
    const { demo } = page;
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
        // The session signs requests; a token of an earlier visit would stand in its way.
        if (/"authorization"/i.test(tab.headers ?? "")) tab.headers = "";
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
    const tabs = stored?.tabs ?? defaultTabs;
    const wanted = tabs.find((tab) => tab.query === linked);
    const tab = wanted ?? (linked === null ? tabs[stored?.activeTabIndex ?? 0] : undefined);
    if (tab === undefined) return {};
    return {
      initialQuery: tab.query,
      initialVariables: tab.variables,
      initialHeaders: tab.headers ?? "",
    };
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
  const stored = storedTabs();
  localStorage.setItem(TOURED, tour?.templateId ?? placeholder);
  globalThis.strataGraphiQL = { ...options, defaultTabs, ...initialTab(stored), fetcher };
})();
