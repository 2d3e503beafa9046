// The rules by which the reference implementation judges here: its own, and one where it does not do what the specification
// says. Everything else that the two may do differently is kept out of the generator, where a comment says so.

import { GraphQLError, Kind, getNamedType, specifiedRules } from 'graphql';

/**
 * A nullable variable does not stand for the field of a `@oneOf` (section 5.8.5). graphql-js 17.1 tells so only where the
 * place is of that very type: at an `Input!` or an `[Input]` it takes the variable, and fails when it is null.
 */
function oneOfVariables(context) {
  const stand = new Set();
  return {
    ObjectField({ value }) {
      const object = context.getParentInputType();
      if (value.kind === Kind.VARIABLE && object && getNamedType(object).isOneOf) stand.add(value);
    },
    Document: {
      leave({ definitions }) {
        for (const operation of definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)) {
          const nonNull = (operation.variableDefinitions ?? []).filter(({ type }) => type.kind === Kind.NON_NULL_TYPE);
          const allowed = new Set(nonNull.map(({ variable }) => variable.name.value));
          for (const { node } of context.getRecursiveVariableUsages(operation)) {
            if (stand.has(node) && !allowed.has(node.name.value)) {
              context.reportError(new GraphQLError(`$${node.name.value} must not be nullable`, { nodes: node }));
            }
          }
        }
      },
    },
  };
}

export const rules = [...specifiedRules, oneOfVariables];
