/**
 * One reading of a template within one answer. `version`, `versionHash`, `designData` and the log belong together:
 * a client that follows the changes from `version` must get the document of exactly that version. Where the document
 * is asked for, its version is therefore the one that counts; else the head's row is, and no document is loaded.
 */
import { GraphQLError } from "graphql";
import { currentState } from "../../commands/history/readStateAt.js";
import { decideAccess } from "../../domain/access/access.js";
import type { DocumentState } from "../../domain/history/append.js";
import { TemplateGone } from "../../live/liveTemplates.js";
import type { GrantedHead } from "../../storage/access/accessReader.js";
import type { TemplateHead } from "../../storage/templates/templateStore.js";
import type { GraphQLContext } from "../context.js";

/** What a field of the type Template is resolved on: its columns are read where they are selected. */
export interface TemplateNode {
  readonly id: string;
}

/** The template for a result of whoever may have given up their own access with it: null where they have. */
export async function stillVisible(
  { templateId }: { readonly templateId: string },
  { services, viewer }: GraphQLContext,
): Promise<TemplateNode | null> {
  const head = await services.access.look(viewer, templateId);
  return head !== undefined && decideAccess(viewer, "view", head).allowed
    ? { id: templateId }
    : null;
}

export class TemplateReading {
  private head: Promise<TemplateHead> | undefined;
  private withGrant: Promise<GrantedHead> | undefined;
  private state: Promise<DocumentState> | undefined;

  constructor(
    private readonly context: GraphQLContext,
    private readonly id: string,
    known: GrantedHead | undefined,
  ) {
    if (known !== undefined) this.head = this.withGrant = Promise.resolve(known);
  }

  /** The document, for a viewer who may see it. */
  document(): Promise<DocumentState> {
    this.state ??= this.viewableHead().then((head) => currentState(this.context.services, head));
    return this.state;
  }

  /** Version and hash: those of the document where it is asked for beside them. */
  async position(): Promise<{ readonly version: number; readonly versionHash: string }> {
    // The resolvers of one object run before any of them goes on, so `state` tells by then.
    await Promise.resolve();
    return this.state === undefined ? this.readHead() : this.state;
  }

  /**
   * The head, moved to the version that this answer tells.
   *
   * @throws GraphQLError NOT_FOUND where the viewer may not see the content: it is in the bin, or not theirs any more
   */
  async headInStep(): Promise<GrantedHead> {
    const [head, { version, versionHash }] = await Promise.all([
      this.viewableHead(),
      this.position(),
    ]);
    return { ...head, version, versionHash };
  }

  /** What decides over what the viewer may, also in the bin. */
  granted(): Promise<GrantedHead> {
    const { services, viewer } = this.context;
    this.withGrant ??= this.readHead().then((head) => services.access.granted(viewer, head));
    return this.withGrant;
  }

  /** @throws GraphQLError NOT_FOUND where the viewer may not see the content: it is in the bin, or not theirs any more */
  async viewable(): Promise<void> {
    await this.viewableHead();
  }

  private async viewableHead(): Promise<GrantedHead> {
    const head = await this.granted();
    if (decideAccess(this.context.viewer, "view", head).allowed) return head;
    const message = head.deleted
      ? "The template is deleted; restore it to read its content."
      : "You no longer have access to this template.";
    throw new GraphQLError(message, { extensions: { code: "NOT_FOUND" } });
  }

  private readHead(): Promise<TemplateHead> {
    this.head ??= this.context.services.head(this.id).then((head) => {
      if (head === undefined) throw new TemplateGone(`template ${this.id} does not exist`);
      return head;
    });
    return this.head;
  }
}

const readings = new WeakMap<TemplateNode, TemplateReading>();

/** The reading of this template at this place of the answer. */
export function readingOf(node: TemplateNode, context: GraphQLContext): TemplateReading {
  const known = readings.get(node);
  if (known !== undefined) return known;
  const made = new TemplateReading(context, node.id, undefined);
  readings.set(node, made);
  return made;
}

/** A template whose head was just read for this answer. */
export function templateNode(head: GrantedHead, context: GraphQLContext): TemplateNode {
  const node = { id: head.templateId };
  readings.set(node, new TemplateReading(context, node.id, head));
  return node;
}
