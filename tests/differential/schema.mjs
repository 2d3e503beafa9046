// A random schema, as the text that clients see. Its types draw their fields from one vocabulary, so that the same name
// mostly means the same type: fields of different types then merge, and interfaces are implemented as they must be.

import { buildASTSchema, extendSchema, parse } from 'graphql';

import { literal } from './values.mjs';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'id', 'name', 'list', 'node', 'type', 'on'];
const SCALARS = ['Int', 'Float', 'String', 'Boolean', 'ID', 'Any'];

/** The text of a schema. */
export function randomSchema(random) {
  const shape = {
    enums: random.times(random.between(1, 2), (index) => `Color${index}`),
    inputs: random.times(random.between(2, 4), (index) => `Input${index}`),
    objects: random.times(random.between(2, 6), (index) => `Thing${index}`),
    interfaces: random.times(random.between(1, 3), (index) => `Face${index}`),
    unions: random.times(random.between(1, 2), (index) => `Either${index}`),
  };
  const inputs = inputTypes(random, shape);
  const vocabulary = words(random, shape, inputs);
  return [
    'scalar Any',
    ...shape.enums.map((name) => enumType(random, name)),
    ...inputs.text,
    ...outputTypes(random, shape, vocabulary),
    ...shape.unions.map((name) => `union ${name} = ${random.some(shape.objects, random.between(1, 4)).join(' | ')}`),
  ].join('\n\n');
}

function enumType(random, name) {
  const values = random.some(['RED', 'GREEN', 'BLUE', 'x', 'None'], random.between(1, 4));
  return `${described(random)}enum ${name} { ${values.map((value) => value + deprecated(random)).join(' ')} }`;
}

/** A type, wrapped in lists and non-nulls. */
function wrapped(random, name) {
  let type = name;
  for (const list of [35, 30, 5]) {
    if (random.percent(30)) type += '!';
    if (!random.percent(list)) break;
    type = `[${type}]`;
  }
  return type;
}

/** Input objects: each one nullably holds any other, and needs only earlier ones, so that every one has a value. */
function inputTypes(random, shape) {
  const text = [];
  const known = ['scalar Any', 'type Query { a: Int }', ...shape.enums.map((name) => `enum ${name} { RED }`)];
  for (const [index, name] of shape.inputs.entries()) {
    const isOneOf = random.percent(25);
    const earlier = shape.inputs.slice(0, index);
    const fields = random.some(['x', 'y', 'z', 'w', 'deep'], random.between(1, 4)).map((field) => {
      const type = wrapped(random, random.pick([...SCALARS, ...shape.enums, ...earlier, ...earlier]));
      if (isOneOf) return `${field}: ${type.replace(/!$/, '')}`;
      return `${field}: ${type}${defaultValue(random, known, type)}`;
    });
    if (!isOneOf && random.percent(20)) fields.push(`again: ${random.pick(shape.inputs)}`);
    known.push(`input ${name}${isOneOf ? ' @oneOf' : ''} { ${fields.filter((field) => !field.startsWith('again')).join(' ')} }`);
    text.push(`${described(random)}input ${name}${isOneOf ? ' @oneOf' : ''} { ${fields.join(' ')} }`);
  }
  return { text, known };
}

/** ` = …`, at times. Enum values in it are `RED`, which not every enum has: such a schema is thrown away. */
function defaultValue(random, known, type) {
  if (!random.percent(35)) return '';
  const schema = extendSchema(buildASTSchema(parse(known.join('\n'))), parse(`input Holder { it: ${type} }`));
  return ` = ${literal(random, schema.getType('Holder').getFields().it.type)}`;
}

/** Fields by their names: type and arguments. */
function words(random, shape, inputs) {
  const composites = [...shape.objects, ...shape.interfaces, ...shape.unions];
  const word = (name) => {
    const leaf = random.pick([...SCALARS, ...shape.enums]);
    if (random.percent(45)) return { name, type: wrapped(random, random.pick(random.percent(10) ? ['Query'] : composites)), arguments: argumentsOf(random, shape, inputs, 15) };
    return { name, type: wrapped(random, leaf), arguments: argumentsOf(random, shape, inputs, 15) };
  };
  const echo = (name) => {
    const given = argumentsOf(random, shape, inputs, 100);
    const isSame = random.percent(30) && !/Input/.test(given[0].type);
    return { name, type: isSame ? given[0].type.replace(/!$/, '') : 'Any', arguments: given };
  };
  return [...random.some(NAMES, random.between(7, 12)).map(word), ...['echo', 'mirror', 'tell'].map(echo)];
}

function argumentsOf(random, shape, inputs, often) {
  if (!random.percent(often)) return [];
  return random.some(['a', 'b', 'x', 'input'], random.between(1, 3)).map((name) => {
    const type = wrapped(random, random.pick([...SCALARS, ...shape.enums, ...shape.inputs, ...shape.inputs]));
    return { name, type, default: defaultValue(random, inputs.known, type) };
  });
}

function outputTypes(random, shape, vocabulary) {
  const faces = new Map();
  for (const [index, name] of shape.interfaces.entries()) {
    const parents = closure(random.some(shape.interfaces.slice(0, index), random.percent(40) ? 1 : 0), faces);
    faces.set(name, { parents, fields: union(parents.flatMap((parent) => faces.get(parent).fields), random.some(vocabulary, random.between(1, 3))) });
  }
  const interfaces = [...faces].map(([name, { parents, fields }]) => composite(random, 'interface', name, parents, fields));
  const objects = shape.objects.map((name) => {
    const parents = closure(random.some(shape.interfaces, random.between(0, 2)), faces);
    const inherited = union(parents.flatMap((parent) => faces.get(parent).fields), []);
    const own = random.some(vocabulary, random.between(2, 5)).filter((word) => !inherited.includes(word));
    const fields = [...inherited.map((word) => narrowed(random, word)), ...own.map((word) => variant(random, word))];
    return composite(random, 'type', name, parents, fields);
  });
  const query = composite(random, 'type', 'Query', [], union(random.some(vocabulary, random.between(5, 9)), vocabulary.slice(-2)));
  const mutation = composite(random, 'type', 'Mutation', [], random.some(vocabulary, random.between(2, 4)));
  return [...interfaces, ...objects, query, ...(random.percent(40) ? [mutation] : [])];
}

function closure(names, faces) {
  return union(names.flatMap((name) => [...faces.get(name).parents, name]), []);
}

function union(some, others) {
  return [...new Set([...some, ...others])];
}

/** What an interface promises, or more. */
function narrowed(random, word) {
  return random.percent(25) && !word.type.endsWith('!') ? { ...word, type: `${word.type}!` } : word;
}

/** The same name with another type, at times: such fields do not merge. */
function variant(random, word) {
  if (random.percent(10)) return { ...word, type: word.type.endsWith('!') ? word.type.slice(0, -1) : `${word.type}!` };
  return random.percent(5) ? { ...word, type: random.pick(['Int', 'String', '[Any]']), arguments: [] } : word;
}

function composite(random, keyword, name, parents, fields) {
  const line = (word) => {
    const given = word.arguments.map((argument) => `${argument.name}: ${argument.type}${argument.default}`).join(', ');
    return `  ${described(random)}${word.name}${given && `(${given})`}: ${word.type}${deprecated(random)}`;
  };
  const implemented = parents.length > 0 ? ` implements ${parents.join(' & ')}` : '';
  return `${described(random)}${keyword} ${name}${implemented} {\n${fields.map(line).join('\n')}\n}`;
}

function described(random) {
  return random.percent(5) ? `${random.pick(['"words"', '"""of "several"\n  lines"""'])} ` : '';
}

function deprecated(random) {
  return random.percent(5) ? ` @deprecated${random.pick(['', '(reason: "why")'])}` : '';
}
