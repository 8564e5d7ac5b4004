/** docs/CONFIGURATION.md, written from the settings themselves. */
import type { Setting } from "./setting.js";
import { sections } from "./settings.js";

const titles: { readonly [S in keyof typeof sections]: string } = {
  server: "Server",
  database: "PostgreSQL",
  redis: "Redis",
  accounts: "Accounts",
  http: "HTTP",
  webSocket: "WebSocket",
  graphql: "GraphQL documents",
  rates: "How much one person or address may do",
  work: "What one request may read",
  limits: "Requests and documents",
  live: "Templates in memory",
  feeds: "Subscriptions",
  presence: "Presence",
  sessions: "Sessions",
  teams: "Teams and the bin",
  guests: "Guests, who read without an account",
  audit: "Audit log",
};

const introduction = `# Configuration

Strata is configured by environment variables. They are read once, at the start; a value that is not acceptable ends
the start with one line that names it, says what is expected, and the exit code 1. An empty value counts as not set.
Numbers may be grouped with \`_\`; each name carries its unit. Nothing has to be set for a start on one's own machine.

This page is written by \`npm run config:docs\` from the settings themselves (src/config/settings.ts).
`;

/** The page's text. */
export function configurationPage(): string {
  const parts = Object.entries(sections).map(([section, settings]) => {
    const rows = Object.values(settings as { [key: string]: Setting<unknown> }).map(rowOf);
    return `## ${titles[section as keyof typeof sections]}\n\n${tableOf(rows)}`;
  });
  return [introduction, ...parts].join("\n");
}

function rowOf({ name, description, expected, fallbackText }: Setting<unknown>): string[] {
  const isValue = /^[\w./:-]+$/.test(fallbackText);
  const fallback = fallbackText === "" ? "(empty)" : isValue ? `\`${fallbackText}\`` : fallbackText;
  return [`\`${name}\``, description, expected, fallback];
}

function tableOf(rows: readonly string[][]): string {
  const all = [
    ["Variable", "Meaning", "Accepts", "Not set"],
    ["---", "---", "---", "---"],
    ...rows,
  ];
  return all.map((cells) => `| ${cells.join(" | ")} |\n`).join("");
}
