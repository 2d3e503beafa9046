// A difference, for a person to read and to repeat.

import { json } from './spelling.mjs';

export function report({ seed, schema, case: { request }, bound, difference, expected, actual }) {
  console.error(`the answers differ in their ${difference} (seed ${seed}, schema ${schema}); made as small as it goes:

--- schema
${bound.trim()}

--- operation${request.operationName === undefined ? '' : ` (operationName ${JSON.stringify(request.operationName)})`}
${request.query}

--- variables
${request.variables === undefined ? 'none' : json(request.variables)}

--- graphql-js
${shown(expected)}

--- tributary
${shown(actual)}`);
}

function shown({ refused, data, errors }) {
  const at = ({ line, column }) => ` ${line}:${column}`;
  const lines = errors.map(({ message, path, locations = [] }) => `  ${path === undefined ? '' : `${JSON.stringify(path)} `}${message}${locations.map(at).join('')}`);
  return [refused === undefined ? data : `refused: ${refused}`, ...lines].join('\n');
}
