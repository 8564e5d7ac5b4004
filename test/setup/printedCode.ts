/** Code as the documents print it, and what it tells when it runs. */
import { readFileSync } from "node:fs";

/** What a reader changes before the code runs. */
export interface Filled {
  readonly url: string;
  readonly token: string;
}

/** The block of JavaScript in the document that holds the text, with address and token filled in. */
function printedCode(document: string, holding: string, { url, token }: Filled): string {
  const blocks = [...readFileSync(document, "utf8").matchAll(/^```js\n(.*?)^```$/gms)]
    .map(([, code = ""]) => code)
    .filter((code) => code.includes(holding));
  const [code] = blocks;
  if (code === undefined || blocks.length > 1) {
    throw new Error(`${document} has ${blocks.length} blocks of code with ${holding}`);
  }
  return code
    .replace('"http://localhost:4000/graphql"', JSON.stringify(url))
    .replace('const token = "paste-it-here"', `const token = ${JSON.stringify(token)}`);
}

/** README's code for a frontend, as it stands there. */
export function readmeCode(filled: Filled): string {
  return printedCode("README.md", "createClient", filled);
}

/** The event stream of docs/PROTOCOL.md, followed from version 1. */
export function eventStreamCode(filled: Filled, templateId: string): string {
  const call = `changesOf(${JSON.stringify(filled.url)}, ${JSON.stringify(filled.token)}, ${JSON.stringify(templateId)}, 1)`;
  const code = printedCode("docs/PROTOCOL.md", "function* changesOf", filled);
  return `${code}\nfor await (const change of ${call}) console.log(change);\n`;
}

/** An event of `templateChanged` as the printed code shows it. */
export interface ToldChange {
  readonly kind: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly operations: readonly { readonly id: string }[];
}

/** Where the last change leads; 1 where none was told yet. */
export function reached(told: readonly ToldChange[]): number {
  return told.at(-1)?.toVersion ?? 1;
}

/** What is wrong with changes that should lead from version 1 on, each once and without a gap. */
export function faultsIn(told: readonly ToldChange[]): string[] {
  const faults: string[] = [];
  let version = 1;
  for (const { kind, fromVersion, toVersion, operations } of told) {
    if (fromVersion !== version) faults.push(`after ${version} came a change from ${fromVersion}`);
    if (kind !== "OPERATIONS") faults.push(`${kind} at ${toVersion}`);
    if (operations.length !== toVersion - fromVersion) faults.push(`operations to ${toVersion}`);
    version = toVersion;
  }
  const ids = told.flatMap(({ operations }) => operations.map(({ id }) => id));
  if (new Set(ids).size !== ids.length) faults.push("an operation came twice");
  return faults;
}
