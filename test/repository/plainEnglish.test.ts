/** Keeps user-facing texts and names of modules in plain English: STYLE.md and GLOSSARY.md give the reasons. */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { printSchema } from "graphql";
import { describe, expect, test } from "vitest";
import { accessPage } from "../../scripts/accessPage.js";
import { configurationPage } from "../../src/config/documentation.js";
import { buildSchema } from "../../src/schema/build.js";

/** What a text must not contain, and what it says instead. */
const words: readonly (readonly [unwanted: RegExp, instead: string])[] = [
  [/\b(?:told|tells?|telling|untold)\b/i, "delivers, returns, reports, notifies"],
  [
    /\b(?:nobody|somebody|anybody|everybody|everyone|anyone|someone)\b/i,
    "no user, a user, every user",
  ],
  [/\b(?:whoever|whomever|whatever|whichever)\b/i, "a user who, any, regardless of"],
  [/^who\b|\b(?:for|of|to|by|from) who\b|\bwho (?:asks|looks)\b/i, "a user who, the client that"],
  [/\bwholly\b/i, "completely"],
  [/\bways? out\b/i, "resolution strategy"],
  [/\b(?:dress|dresses)\b/i, "form, format"],
  [/\bnews\b/i, "events, changes, messages"],
  [/\b(?:what|who|that|it|which|all) (?:is|are) there\b/i, "exists, is present, current"],
  [/\b(?:is|are|was) (?:gone|no more)\b/i, "was deleted, no longer exists, has ended"],
  [/\bthere is no such\b/i, "not found"],
  [/\b(?:the|in|of) bin\b/i, "deleted (soft delete)"],
  [/\b(?:takes?|taken|took) (?:back|away|it back)\b/i, "undoes, deletes, revokes"],
  [/\bturn(?:s|ed)? into nothing\b/i, "make a no-op"],
  [/\bshall\b/i, "must, the new"],
  [/\b(?:oneself|one's own|one's|themself)\b/i, "the viewer, the viewer's own"],
  [/\bas (?:it is|they are) now\b/i, "current"],
  [/\b(?:signs? of life|goodbye)\b/i, "heartbeat, orderly stop"],
  [/\b(?:ran|runs?|run) out\b/i, "expires, expired"],
  [/\bin (?:the )?place of\b/i, "replaces"],
  [/\bgood (?:for|once)\b/i, "valid, single-use"],
  [/\bdealt with\b/i, "resolved"],
  [/\banew\b/i, "again, new"],
  [/\bwhere (?:there|omitted|not sent|it is not set)\b/i, "if …, default: …"],
  [/\bunless (?:the server is )?set otherwise\b/i, "by default"],
  [/\brefusals?:/i, "errors:"],
];

/** What the name of a module must not contain as a word, and what it is called instead. */
const names: readonly (readonly [unwanted: string, instead: string])[] = [
  ["told", "log, notify"],
  ["tell", "publish, notify"],
  ["telling", "publisher"],
  ["foretold", "predict"],
  ["nobody", "none"],
  ["whoever", "any"],
  ["who", "account, user"],
  ["news", "events"],
  ["nothing", "noOp"],
  ["dress", "form"],
  ["heard", "listeners"],
  ["asked", "request"],
  ["said", "content"],
];

describe("plain English", () => {
  test("the schema describes types, fields and arguments in standard terms", () => {
    const schema = printSchema(buildSchema());
    const descriptions = [...schema.matchAll(/"""([\s\S]*?)"""/g)].map(([, text]) => text!.trim());
    expect(descriptions.length).toBeGreaterThan(1_000);
    expect(unplain(descriptions)).toEqual([]);
  });

  test("the generated pages describe settings and access in standard terms", () => {
    const lines = `${configurationPage()}\n${accessPage()}`.split("\n");
    expect(lines.length).toBeGreaterThan(200);
    expect(unplain(lines)).toEqual([]);
  });

  test("messages to users, log lines and the help of commands use standard terms", () => {
    const found = filesOf("src").flatMap((file) =>
      unplain(messagesIn(file)).map((text) => `${file}: ${text}`),
    );
    expect(found).toEqual([]);
  });

  test("modules are named after what they hold", () => {
    const named = filesOf("src").flatMap((file) => {
      const parts = new Set(
        basename(file, ".ts")
          .split(/(?=[A-Z])/)
          .map((part) => part.toLowerCase()),
      );
      const unwanted = names.find(([name]) => parts.has(name));
      return unwanted === undefined ? [] : [`${file}: ${unwanted[1]}`];
    });
    expect(named).toEqual([]);
  });

  test("the list is applied to real texts: it finds an unwanted word and leaves others alone", () => {
    expect(unplain(["Nobody is told."])).toHaveLength(2);
    expect(unplain(["The template was deleted (soft delete)."])).toEqual([]);
    expect(messagesIn("src/commands/authorize.ts")).toContain("template not found");
  });
});

function unplain(texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    words.flatMap(([unwanted, instead]) => {
      const found = unwanted.exec(text);
      return found === null ? [] : [`«${found[0]}» → ${instead}: ${text}`];
    }),
  );
}

/** The source files in a folder, without what is generated. */
function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return entry.name === "generated" ? [] : filesOf(path);
    return path.endsWith(".ts") ? [path] : [];
  });
}

/** The literals in a file that are sentences: two words or more, in no comment and no SQL. */
function messagesIn(file: string): string[] {
  const code = readFileSync(file, "utf8")
    .split("\n")
    .filter((line) => !/^\s*(?:\/\/|\/?\*)/.test(line))
    .join("\n");
  const literals = code.match(/"(?:[^"\\\n]|\\.)*"|`(?:[^`\\]|\\.)*`/g) ?? [];
  return literals
    .map((literal) => literal.slice(1, -1).replaceAll(/\$\{[^}]*\}/g, "…"))
    .filter(
      (text) =>
        /[a-z…] [a-z…]/i.test(text) &&
        !/\b(?:SELECT|FROM|WHERE|UPDATE|INSERT|redis\.call)\b/.test(text),
    );
}
