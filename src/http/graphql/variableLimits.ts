/** The plugin that checks the form of variables before a document is executed. */
import { getOperationAST, type ExecutionArgs } from "graphql";
import type { Plugin } from "graphql-yoga";
import { variableFault } from "../../limits/work/variables.js";

export function variableLimits(): Plugin {
  return {
    onExecute({ args, setResultAndStopExecution }) {
      const { schema, document, operationName, variableValues } = args as ExecutionArgs;
      const definitions = getOperationAST(document, operationName)?.variableDefinitions ?? [];
      const fault = variableFault(schema, definitions, variableValues);
      if (fault !== undefined) setResultAndStopExecution({ errors: [fault] });
    },
  };
}
