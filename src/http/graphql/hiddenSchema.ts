/** Where introspection is off, nothing tells of the schema: neither it itself nor the suggestions in errors. */
import { GraphQLError, NoSchemaIntrospectionCustomRule, type ExecutionResult } from "graphql";
import type { Plugin } from "graphql-yoga";

export function hiddenSchema(): Plugin {
  return {
    onValidate({ addValidationRule }) {
      addValidationRule(NoSchemaIntrospectionCustomRule);
      return ({ result, setResult }) => {
        const errors = result as readonly GraphQLError[];
        if (errors.length > 0) setResult(errors.map(withoutSuggestions));
      };
    },
    // Values of variables are checked at the execution.
    onExecute: () => ({
      onExecuteDone({ result, setResult }) {
        const { errors } = result as ExecutionResult;
        if (errors === undefined) return;
        setResult({ ...result, errors: errors.map(withoutSuggestions) } as ExecutionResult);
      },
    }),
  };
}

/** The mask of errors for what is executed past the plugin: without suggestions too. */
export function hidingSuggestions(mask: (error: unknown) => Error): (error: unknown) => Error {
  return (error) => {
    const masked = mask(error);
    return masked instanceof GraphQLError ? withoutSuggestions(masked) : masked;
  };
}

const SUGGESTION = / ?Did you mean [^]*$/;

function withoutSuggestions(error: GraphQLError): GraphQLError {
  if (!SUGGESTION.test(error.message)) return error;
  const { nodes, source, positions, path, originalError, extensions } = error;
  const message = error.message.replace(SUGGESTION, "");
  const rest = { nodes: nodes ?? null, source: source ?? null, positions: positions ?? null };
  return new GraphQLError(message, { ...rest, path: path ?? null, originalError, extensions });
}
