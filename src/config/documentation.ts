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
  rates: "Rate limits per user and address",
  work: "Work per request",
  limits: "Requests and documents",
  live: "Templates in memory",
  feeds: "Subscriptions",
  presence: "Presence",
  sessions: "Sessions",
  teams: "Teams and deleted templates",
  guests: "Guests",
  audit: "Audit log",
};

const introduction = `# Configuration

Environment variables configure Strata. The server reads them once, at the start. An invalid value ends the start with exit
code 1 and one line that names the variable and what is expected. An empty value counts as not set. Numbers may be grouped
with \`_\`; each name carries its unit. No variable is required for a start on a developer's machine.

\`npm run config:docs\` generates this page from the settings (src/config/settings.ts).
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
