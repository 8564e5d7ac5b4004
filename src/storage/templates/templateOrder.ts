/** The orders of lists of templates, each with the expressions that its indexes are on. */

export type TemplateOrder = "CREATED" | "CHANGED" | "NAME";

export interface SortKey {
  /** The expression on a template, and on a permission joined with its template. */
  readonly ofTemplate: string;
  readonly ofPermission: string;
  /** The type that a parameter is compared as. */
  readonly parameter: "::timestamptz(3)" | `::text COLLATE "C"`;
}

/** Names go by their bytes in lower case: the same on every machine, whatever its locale. */
const name = `lower(t.name) COLLATE "C"`;

export const sortKeys: Readonly<Record<TemplateOrder, SortKey>> = {
  CREATED: {
    ofTemplate: "t.created_at",
    ofPermission: "p.template_created_at",
    parameter: "::timestamptz(3)",
  },
  CHANGED: {
    ofTemplate: "t.changed_at",
    ofPermission: "t.changed_at",
    parameter: "::timestamptz(3)",
  },
  NAME: {
    ofTemplate: name,
    ofPermission: name,
    parameter: `::text COLLATE "C"`,
  },
};

/** Whether the greatest come first: the newest, but of names those that begin the alphabet. */
export function isDescending(order: TemplateOrder): boolean {
  return order !== "NAME";
}
