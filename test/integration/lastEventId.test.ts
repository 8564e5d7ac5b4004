/** Event streams that are cut and resumed, as an EventSource does: the same request again, with `Last-Event-ID`. */
import { randomUUID } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  newAuthor,
  query,
  startTestServer,
  type Author,
  type TestServer,
} from "./runningServer.js";

let server: TestServer;
let author: Author;
beforeEach(async () => {
  server = await startTestServer();
  author = await newAuthor(server);
});
afterEach(() => server.close());

interface StreamEvent {
  readonly id?: string;
  readonly event: string;
  readonly data: string;
}

interface StreamRequest {
  readonly document: string;
  readonly lastEventId?: string;
  readonly method?: "GET" | "POST";
}

/** The first events of a stream, which is then left. */
async function firstEvents(count: number, request: StreamRequest): Promise<StreamEvent[]> {
  const { document, lastEventId, method = "POST" } = request;
  const leave = new AbortController();
  const url = method === "GET" ? `${server.url}?query=${encodeURIComponent(document)}` : server.url;
  const response = await fetch(url, {
    method,
    signal: leave.signal,
    headers: {
      accept: "text/event-stream",
      authorization: `Bearer ${author.token}`,
      ...(method === "POST" && { "content-type": "application/json" }),
      ...(lastEventId !== undefined && { "last-event-id": lastEventId }),
    },
    ...(method === "POST" && { body: JSON.stringify({ query: document }) }),
  });
  const events: StreamEvent[] = [];
  let text = "";
  for await (const chunk of response.body ?? []) {
    text += Buffer.from(chunk as Uint8Array).toString();
    const blocks = text.split("\n\n");
    text = blocks.pop() ?? "";
    for (const block of blocks.filter((block) => !block.startsWith(":"))) {
      const fields = block.split("\n").map((line) => line.split(/: ?(.*)/s).slice(0, 2));
      events.push(Object.fromEntries(fields) as StreamEvent);
    }
    if (events.length >= count) break;
  }
  leave.abort();
  return events.slice(0, count);
}

const changes = (selection: string) =>
  `subscription { templateChanged(templateId: "${author.templateId}", fromVersion: 1) { ${selection} } }`;

async function edit(times: number): Promise<void> {
  for (let index = 0; index < times; index += 1) {
    const input = {
      templateId: author.templateId,
      baseVersion: 1,
      onConflict: "FORCE",
      operations: [
        { id: randomUUID(), type: "UPDATE_CANVAS", target: {}, payload: { title: randomUUID() } },
      ],
    };
    const { text } = await query(
      server,
      `mutation ($input: ApplyOperationsInput!) { applyOperations(input: $input) { __typename } }`,
      { input },
      author.token,
    );
    expect(text).toContain("OperationsApplied");
  }
}

const change = ({ data }: StreamEvent | undefined = { event: "", data: "{}" }) =>
  (JSON.parse(data) as { data: { templateChanged: Record<string, unknown> } }).data.templateChanged;

describe("an event stream that is resumed", () => {
  test.for(["GET", "POST"] as const)(
    "SUB-38 goes on after the last event, whatever its arguments say (%s)",
    async (method) => {
      await edit(3);
      const document = changes("fromVersion toVersion operations { resultingVersion }");
      const [before] = await firstEvents(1, { document, method });
      expect([before?.id, change(before)["toVersion"]]).toEqual(["4", 4]);
      await edit(2);
      const [after] = await firstEvents(1, { document, method, lastEventId: "4" });
      expect(after?.id).toBe("6");
      expect(change(after)).toEqual({
        fromVersion: 4,
        toVersion: 6,
        operations: [{ resultingVersion: 5 }, { resultingVersion: 6 }],
      });
    },
  );

  test("SUB-38 has ids where nothing that tells them is selected", async () => {
    await edit(1);
    expect(await firstEvents(1, { document: changes("kind") })).toEqual([
      { id: "2", event: "next", data: '{"data":{"templateChanged":{"kind":"OPERATIONS"}}}' },
    ]);
  });

  test("SUB-38 loses nothing to edits that come while it is away", async () => {
    const document = changes("fromVersion toVersion");
    const edits = edit(15);
    let lastEventId = "1";
    while (lastEventId !== "16") {
      const [event] = await firstEvents(1, { document, lastEventId });
      expect(change(event)["fromVersion"]).toBe(Number(lastEventId));
      lastEventId = event?.id ?? "";
    }
    await edits;
  });

  test("SUB-38 gets the state where the template is not as far", async () => {
    const document = changes("kind toVersion");
    const [event] = await firstEvents(1, { document, lastEventId: "50" });
    expect(event?.id).toBe("1");
    expect(change(event)).toEqual({ kind: "RESYNC", toVersion: 1 });
  });

  test("SUB-38 is refused where it names what is no id", async () => {
    const document = changes("kind");
    for (const lastEventId of [
      "0",
      "-1",
      "1.5",
      "abc",
      "4x",
      "2147483648",
      "99999999999999999999",
    ]) {
      const [refused, end] = await firstEvents(2, { document, lastEventId });
      expect(refused?.data, lastEventId).toContain("BAD_USER_INPUT");
      expect(refused?.data).toContain("Last-Event-ID");
      expect([refused?.id, end?.event]).toEqual([undefined, "complete"]);
    }
    await edit(1);
    expect((await firstEvents(1, { document, lastEventId: "" }))[0]?.id).toBe("2");
  });
});

describe("event streams of other subscriptions", () => {
  const templateId = () => JSON.stringify(author.templateId);

  async function comment(): Promise<void> {
    const { text } = await query(
      server,
      `mutation ($input: CreateCommentInput!) { createComment(input: $input) { __typename } }`,
      { input: { id: randomUUID(), templateId: author.templateId, body: "So be it" } },
      author.token,
    );
    expect(text).toContain("CommentSaved");
  }

  test("SUB-38 of comments go on after the last change", async () => {
    await comment();
    const document = `subscription { commentChanged(templateId: ${templateId()}, afterSequence: 0) { kind } }`;
    const [first] = await firstEvents(1, { document });
    expect(first?.id).toBe("1");
    await comment();
    const [second] = await firstEvents(1, { document, lastEventId: "1" });
    expect(second?.id).toBe("2");
  });

  test("SUB-38 of presence have no ids and pass over the header", async () => {
    const document = `subscription { presenceChanged(templateId: ${templateId()}) { joined { clientId } } }`;
    const [first] = await firstEvents(1, { document, lastEventId: "abc" });
    expect(first).toEqual({ event: "next", data: '{"data":{"presenceChanged":{"joined":[]}}}' });
  });
});
