/** Answers to documents that ask for nothing but the schema, which is the same for all: made once and kept, a few of them. */
import { Kind, type DocumentNode, type ExecutionArgs, type ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";
import { introspectionTypeOf } from "./introspectionCost.js";

/** Tools send a handful of documents; each answer is about a megabyte. */
const ANSWERS_MAX = 8;

/** The plugin that answers them. Documents are known by their object, since parsed ones are kept by their text. */
export function introspectionCache(): Plugin {
  const answers = new Map<DocumentNode, ExecutionResult>();
  const keep = (document: DocumentNode, answer: ExecutionResult) => {
    answers.set(document, answer);
    const [oldest] = answers.keys();
    if (answers.size > ANSWERS_MAX && oldest !== undefined) answers.delete(oldest);
  };
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { document } = args as ExecutionArgs;
      if (!asksForSchemaOnly(document)) return undefined;
      const known = answers.get(document);
      if (known !== undefined) {
        setResultAndStopExecution(known);
        return undefined;
      }
      return {
        onExecuteDone({ result }) {
          const answer = result as ExecutionResult;
          if (answer.errors === undefined) keep(document, answer);
        },
      };
    },
  };
}

function asksForSchemaOnly({ definitions }: DocumentNode): boolean {
  const operations = definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION);
  const [operation] = operations;
  if (operations.length !== 1 || operation?.kind !== Kind.OPERATION_DEFINITION) return false;
  if ((operation.variableDefinitions ?? []).length > 0) return false;
  return operation.selectionSet.selections.every(
    (selection) =>
      selection.kind === Kind.FIELD && introspectionTypeOf(selection.name.value) !== undefined,
  );
}
