/** Tells everyone who follows the templates, on every node, to ask again who may see them. */
import type { Services } from "../services.js";

export function tellAccess({ bus }: Pick<Services, "bus">, templateIds: readonly string[]): void {
  for (const templateId of templateIds) bus.publish({ kind: "accessChanged", templateId });
}
