// The judge: graphql-js over the same constants. Its resolvers do what bindings do: a bound field gives its constant, any
// other the property of its name. `__typename` tells the type of an abstract one, as tributary has it unless told otherwise.

import { buildSchema, executeSync, parse, validate } from 'graphql';

import { isObject, resolved } from './spelling.mjs';

export class Reference {
  schema;
  #constants;

  constructor(sdl, constants) {
    this.schema = buildSchema(sdl);
    this.#constants = constants;
    for (const type of Object.values(this.schema.getTypeMap())) {
      // graphql-js lets any value be an object without properties. An answer of a source that is none is a field error here.
      if ('isTypeOf' in type && !type.name.startsWith('__')) type.isTypeOf = isObject;
    }
  }

  /** Answers an operation: `{ refused }`, or the text of `data` and the paths of the errors. */
  ask({ query, variables, operationName }) {
    const { data, errors = [] } = this.#execute(query, resolved(variables), operationName);
    const refused = data === undefined;
    return { refused, data: refused ? undefined : JSON.stringify(data), paths: errors.map((error) => JSON.stringify(error.path ?? null)), errors };
  }

  #execute(query, variableValues, operationName) {
    let document;
    try {
      // An empty selection set is no part of the edition of September 2025.
      document = parse(query, { allowEmptySelectionSets: false });
    } catch (error) {
      return { errors: [error] };
    }
    const errors = validate(this.schema, document);
    if (errors.length > 0) return { errors };
    return executeSync({
      schema: this.schema,
      document,
      variableValues,
      operationName,
      rootValue: {},
      fieldResolver: (parent, given, _context, { parentType, fieldName }) => {
        const binding = this.#constants[`${parentType.name}.${fieldName}`];
        return binding === undefined ? parent[fieldName] : resolved(binding.constant, given);
      },
      typeResolver: (value) => (isObject(value) ? value.__typename : undefined),
    });
  }
}
