// The judge: graphql-js over the same constants. Its resolvers do what bindings do: a bound field gives its constant, any
// other the property of its name. `__typename` tells the type of an abstract one, as tributary has it unless told otherwise.

import { buildSchema, executeSync, getNullableType, isObjectType, parse, validate } from 'graphql';

import { rules } from './judge.mjs';
import { isObject, resolved } from './spelling.mjs';

const ROOT = {};

// Lists of objects whose fields are lists again grow without end: what asks for more is not asked at all.
const MOST_FIELDS = 5000;

export class Reference {
  schema;
  #constants;
  #left;

  constructor(sdl, constants) {
    this.schema = buildSchema(sdl);
    this.#constants = constants;
    for (const type of Object.values(this.schema.getTypeMap())) {
      // graphql-js lets any value be an object without properties. An answer of a source that is none is a field error here.
      if ('isTypeOf' in type && !type.name.startsWith('__')) type.isTypeOf = isObject;
    }
  }

  /** Answers an operation: why it is `refused`, or the text of `data` and the paths of the errors; nothing where it is too much. */
  ask({ query, variables, operationName }) {
    this.#left = MOST_FIELDS;
    const { data, errors = [], refused } = this.#execute(query, resolved(variables), operationName);
    if (this.#left < 0) return undefined;
    return { refused, data: refused === undefined ? JSON.stringify(data) : undefined, paths: errors.map((error) => JSON.stringify(error.path ?? null)), errors };
  }

  #execute(query, variableValues, operationName) {
    let document;
    try {
      // An empty selection set is no part of the edition of September 2025.
      document = parse(query, { allowEmptySelectionSets: false });
    } catch (error) {
      return { refused: 'syntax', errors: [error] };
    }
    const errors = validate(this.schema, document, rules, { maxErrors: 10_000 });
    if (errors.length > 0) return { refused: 'validation', errors };
    const result = executeSync({
      schema: this.schema,
      document,
      variableValues,
      operationName,
      rootValue: ROOT,
      fieldResolver: (parent, given, _context, { parentType, fieldName, returnType }) => {
        if ((this.#left -= 1) < 0) return null;
        const binding = this.#constants[`${parentType.name}.${fieldName}`];
        if (binding !== undefined) return resolved(binding.constant, given);
        // A field of a root type that has an object type and no binding is an empty object, whose own fields may be bound.
        const isRoot = [this.schema.getQueryType(), this.schema.getMutationType()].includes(parentType);
        return isRoot && isObjectType(getNullableType(returnType)) ? {} : parent[fieldName];
      },
      typeResolver: (value) => (isObject(value) ? value.__typename : undefined),
    });
    return result.data === undefined ? { ...result, refused: 'request' } : result;
  }
}
