// The rules by which the reference implementation judges here: its own, and one where it does not do what the specification
// says. Everything else that the two may do differently is kept out of the generator, where a comment says so.

import { GraphQLError, Kind, getNamedType, print, specifiedRules, typeFromAST } from 'graphql';

/**
 * A nullable variable does not stand for the field of a `@oneOf` (section 5.8.5). graphql-js 17.1 tells so only where the
 * place is of that very type: at an `Input!` or an `[Input]` it takes the variable, and fails when it is null.
 */
function oneOfVariables(context) {
  const stand = new Map();
  return {
    ObjectField({ value }) {
      const object = getNamedType(context.getParentInputType());
      if (value.kind === Kind.VARIABLE && object?.isOneOf && context.getInputType()) stand.set(value, object);
    },
    Document: {
      leave({ definitions }) {
        for (const operation of definitions.filter(({ kind }) => kind === Kind.OPERATION_DEFINITION)) {
          for (const error of ofOperation(context, operation, stand)) context.reportError(error);
        }
      },
    },
  };
}

/** In the words and at the places that graphql-js has where it does tell: what is told twice is one mistake. */
function ofOperation(context, operation, stand) {
  const defined = new Map((operation.variableDefinitions ?? []).map((definition) => [definition.variable.name.value, definition]));
  return context.getRecursiveVariableUsages(operation).flatMap(({ node }) => {
    const [definition, object] = [defined.get(node.name.value), stand.get(node)];
    const type = definition && typeFromAST(context.getSchema(), definition.type);
    if (!type || !object || definition.type.kind === Kind.NON_NULL_TYPE) return [];
    const words = `is of type "${print(definition.type)}" but must be non-nullable to be used for OneOf Input Object "${object}".`;
    return [new GraphQLError(`Variable "$${node.name.value}" ${words}`, { nodes: [definition, node] })];
  });
}

export const rules = [...specifiedRules, oneOfVariables];
