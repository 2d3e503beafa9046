// A random document for a schema: one to three operations with their fragments, and the variables for the one that is
// meant. It is mostly valid; where fields happen not to merge, the reference implementation says so.

import { described } from './descriptions.mjs';
import { SelectionWriter } from './selections.mjs';
import { Variables } from './variables.mjs';

/** A request: query, variables, operationName. */
export function randomOperation(random, schema) {
  const count = random.percent(85) ? 1 : random.between(2, 3);
  const operations = random.times(count, (index) => operation(random, schema, index, count > 1));
  const meant = random.pick(operations);
  return {
    query: operations.map(({ text }) => text).join('\n\n'),
    variables: meant.variables.values(),
    operationName: operationName(random, meant.name, count),
  };
}

function operation(random, schema, index, isNamed) {
  const isMutation = schema.getMutationType() != null && random.percent(15);
  const root = isMutation ? schema.getMutationType() : schema.getQueryType();
  const name = isNamed || random.percent(50) ? `Op${index}` : undefined;
  const variables = new Variables(random, `v${index}_`);
  const writer = new SelectionWriter(random, schema, variables, `F${index}_`);
  const selections = writer.selectionSet(root, 0);
  const keyword = isMutation ? 'mutation' : 'query';
  const isShort = name === undefined && !isMutation && variables.isEmpty();
  const text = isShort ? selections : described(random, `${keyword} ${name ?? ''}${variables.definitions()} ${selections}`);
  return { name, variables, text: [text, ...writer.fragments()].join('\n\n') };
}

function operationName(random, name, count) {
  if (random.percent(1)) return random.pick(['Nothing', 'Op2', undefined]);
  return count > 1 || random.percent(50) ? name : undefined;
}
