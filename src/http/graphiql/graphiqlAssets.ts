/**
 * GraphiQL's script and style as files of their own. The package renders one page of nine megabytes; taken apart, a
 * browser loads the large parts once and the page itself is small.
 */
import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gzip } from "node:zlib";
import { renderGraphiQL } from "@graphql-yoga/render-graphiql";
import { packageRoot } from "../../platform/packageRoot.js";

/** A file that never changes under its name. */
export interface Asset {
  readonly path: string;
  readonly contentType: string;
  readonly etag: string;
  readonly plain: Buffer;
  readonly gzipped: Buffer;
}

export interface GraphiQLAssets {
  readonly style: Asset;
  /** Runs before the script and puts the page's options where it looks for them. */
  readonly setup: Asset;
  readonly script: Asset;
}

const MARK = "strata-options-go-here";
const OPTIONS_VARIABLE = "globalThis.strataGraphiQL";

/** Takes the package's page apart and compresses the parts; takes half a second, so it is done once and on demand. */
export async function loadGraphiQLAssets(): Promise<GraphiQLAssets> {
  const page = renderGraphiQL({ title: MARK });
  const script = between(page, "<script>", "</script>");
  const options = JSON.stringify({ title: MARK });
  const place = script.lastIndexOf(options);
  if (place < 0) throw new Error("GraphiQL's page does not hold its options where they were");
  const setup = await Promise.all(
    ["graphiqlStreams.js", "graphiqlTour.js", "graphiqlSession.js", "graphiql.js"].map((name) =>
      readFile(join(packageRoot, "assets", name), "utf8"),
    ),
  );
  return {
    style: await asset("css", "text/css", between(page, "<style>", "</style>")),
    setup: await asset("js", "text/javascript", setup.join("\n")),
    script: await asset(
      "js",
      "text/javascript",
      adjusted(script.slice(0, place) + OPTIONS_VARIABLE + script.slice(place + options.length)),
    ),
  };
}

/** What the package has no options for: texts of its script, and what stands in their place. */
const adjustments = [
  // Any JSON is a value of the scalar JSON.
  ["setSchemaConfig([{uri:", "setSchemaConfig([{customScalarSchemas:{JSON:{}},uri:"],
  // Lines that are longer than the editor is wide go on below.
  [
    "lineNumbersMinChars:2,roundedSelection:!1,tabIndex:-1",
    'lineNumbersMinChars:2,wordWrap:"on",wrappingIndent:"indent",roundedSelection:!1,tabIndex:-1',
  ],
] as const;

function adjusted(script: string): string {
  return adjustments.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`GraphiQL's script does not hold ${from}`);
    return text.replace(from, () => to);
  }, script);
}

/** From the first opening tag to the last closing one: the script holds tags in its strings. */
function between(page: string, open: string, close: string): string {
  const start = page.indexOf(open);
  const end = page.lastIndexOf(close);
  if (start < 0 || end < start) throw new Error(`GraphiQL's page has no ${open}`);
  return page.slice(start + open.length, end);
}

async function asset(extension: string, type: string, content: string): Promise<Asset> {
  const hash = createHash("sha256").update(content).digest("hex").slice(0, 16);
  const plain = Buffer.from(content);
  return {
    path: `/graphiql/${hash}.${extension}`,
    contentType: `${type}; charset=utf-8`,
    etag: hash,
    plain,
    gzipped: await promisify(gzip)(plain),
  };
}
