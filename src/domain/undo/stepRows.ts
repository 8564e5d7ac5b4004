/** The rows of one undo or redo in the making: what they say is told while they are added, who made them beforehand. */
import { Appender, type AppendSettings, type Appended } from "../history/append.js";
import type { DocumentState, IncomingOperation } from "../history/append.js";
import type { Restriction } from "../access/grant.js";
import { isEditWithinGrant } from "../access/restrictedEdit.js";
import { unbounded } from "../limits.js";
import { applyOperation, footprintSteps } from "../operations/registry.js";
import type { Steps } from "../steps.js";
import type { Footprint } from "../operations/footprint.js";
import type { Document } from "../document/document.js";
import type {
  LoggedOperation,
  OperationContent,
  OperationType,
  SkippedPart,
} from "../operations/operation.js";
import { isNoOp, NO_OP } from "../operations/noOp.js";

export interface StepRowsInput {
  readonly state: DocumentState;
  /** Ids for the new operations, by their number. */
  readonly idOf: (number: number) => string;
  readonly hashOf: (content: OperationContent, id: string) => string;
  readonly settings: AppendSettings;
  /** What the person may change, where that is not everything. */
  readonly restrictions: readonly Restriction[];
}

export class StepRows {
  readonly appender: Appender;

  constructor(private readonly input: StepRowsInput) {
    this.appender = new Appender(input.state, input.settings);
  }

  get document(): Document {
    return this.appender.document;
  }

  /** The rows so far. */
  get operations(): readonly LoggedOperation[] {
    return this.appender.appended.operations;
  }

  /** The id of the row that is added next. */
  get nextId(): string {
    return this.input.idOf(this.operations.length + 1);
  }

  /** Whether the person may do next what has this footprint, as what is left of an operation of the type. */
  isPermitted(content: OperationContent, footprint: Footprint, type: OperationType): boolean {
    const { restrictions } = this.input;
    if (restrictions.length === 0 || isNoOp(content)) return true;
    const after = applyOperation(this.document, content, unbounded);
    const documents = after.ok ? [this.document, after.value] : [this.document];
    const asked = { ...content, footprint, requested: { type }, isInverse: true };
    return isEditWithinGrant(documents, asked, restrictions);
  }

  /** What takes something back, as it is appended next. */
  incoming(content: OperationContent): IncomingOperation {
    const id = this.nextId;
    return { ...content, id, timestamp: null, requestHash: this.input.hashOf(content, id) };
  }

  /** Adds the row where the person may do it and it applies. */
  *addPermitted(content: OperationContent): Steps<void> {
    const footprint = yield* footprintSteps(this.document, content);
    if (!this.isPermitted(content, footprint, content.type)) return;
    yield* this.appender.addSteps(this.incoming(content));
  }

  /**
   * The rows, of which the last tells what was skipped. A step without any has one that changes nothing: the log has to
   * tell that it was taken, or it would be the next one for ever.
   */
  finished(skipped: readonly SkippedPart[]): {
    readonly appended: Appended;
    readonly hasEffect: boolean;
  } {
    if (this.operations.length === 0) {
      const causes = skipped.flatMap((part) => part.causes);
      this.appender.add(this.incoming(NO_OP), NO_OP, [...new Set(causes)]);
    }
    if (skipped.length > 0) this.appender.tellSkipped(skipped);
    const { appended } = this.appender;
    return { appended, hasEffect: !appended.operations.every(isNoOp) };
  }
}
