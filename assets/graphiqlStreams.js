/** Runs in the browser before the session of GraphiQL's page: what there is to know of event streams. */
"use strict";

globalThis.strataStreams = (() => {
  /** The server-sent events of a body, as they come. */
  async function* eventsOf(stream) {
    const reader = stream.pipeThrough(new TextDecoderStream()).getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      text += value;
      for (let end; (end = text.indexOf("\n\n")) >= 0; text = text.slice(end + 2)) {
        const event = { data: "" };
        for (const line of text.slice(0, end).split("\n")) {
          const [, field, content] = /^(event|data|id): ?(.*)$/.exec(line) ?? [];
          if (field === "data") event.data += content;
          else if (field !== undefined) event[field === "event" ? "name" : field] = content;
        }
        yield event;
      }
    }
  }

  /** Whether the operation that is run is a subscription; what stands in comments does not count. */
  function subscribes({ query, operationName }) {
    const text = query.replaceAll(/#.*/g, "");
    const named = operationName ? `\\s+${operationName}\\b` : "";
    return new RegExp(`\\bsubscription${named}`).test(text);
  }

  return { eventsOf, subscribes };
})();
