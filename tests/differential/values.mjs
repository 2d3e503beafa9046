// Values of input types: as literals of a document, and as the JSON of a variable. Most are right, a few are not.

import { GraphQLNonNull, getNullableType, isEnumType, isInputObjectType, isListType, isNonNullType, isRequiredInputField } from 'graphql';

import { json } from './spelling.mjs';

const TEXTS = ['', 'a', 'null', '5', ' 1 ', 'true', '"\\', 'línea\n\ttwo', '{x}', '}}{{', '\u2028 \u{1f600}', '\u0001\u007f\b\f\r', '#'];
const INTEGERS = [0, 1, -1, 7, 42, 2147483647, -2147483648];
const WHOLE = ['1.0', '1e2', '-0', '0.0', '2147483647.0', '3E0'].map(($digits) => ({ $digits }));
const FRACTIONS = [0, 1, -7, 0.5, -1.25, 1e21, 1e-7, 123456.789, 4294967296, 5e-324, 1.7976931348623157e308];
const IDS = ['x', '', '007', 'é', 5, 0, -3, '12e1'];
const WRONG = [0, 1.5, 2147483648, -2147483649, '', 'x', true, [], {}, [null], { x: 1 }, 'RED', null];

/** The JSON of a variable of this type. */
export function variableValue(random, type, depth = 0) {
  if (random.percent(0.7)) return random.pick(WRONG);
  if (!isNonNullType(type) && random.percent(8)) return null;
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    if (random.percent(20)) return variableValue(random, nullable.ofType, depth);
    return random.times(random.between(0, 3), () => variableValue(random, nullable.ofType, depth));
  }
  if (isInputObjectType(nullable)) {
    const fields = chosenFields(random, nullable, depth);
    return Object.fromEntries(fields.map((field) => [field.name, variableValue(random, field.type, depth + 1)]));
  }
  if (['Int', 'ID'].includes(nullable.name) && random.percent(10)) return random.pick(WHOLE);
  return leaf(random, nullable) ?? (isNonNullType(type) ? true : null);
}

/**
 * A literal of this type. `variable(type, hasDefault)` may give the name of a variable that can stand there, or nothing.
 */
export function literal(random, type, variable = () => undefined, depth = 0, hasDefault = false) {
  const name = variable(type, hasDefault);
  return name === undefined ? written(random, type, variable, depth) : `$${name}`;
}

/** A literal that is no variable itself, though one may be in it. */
function written(random, type, variable, depth) {
  if (!isNonNullType(type) && random.percent(8)) return 'null';
  const nullable = getNullableType(type);
  if (isListType(nullable)) {
    // One item stands for a list of it.
    if (random.percent(20)) return writtenAlone(random, nullable, variable, depth);
    return `[${random.times(random.between(0, 3), () => literal(random, nullable.ofType, variable, depth)).join(', ')}]`;
  }
  if (isInputObjectType(nullable)) {
    const fields = chosenFields(random, nullable, depth);
    return `{${fields.map((field) => `${field.name}: ${fieldLiteral(random, nullable, field, variable, depth)}`).join(', ')}}`;
  }
  if (isEnumType(nullable)) return leaf(random, nullable);
  if (nullable.name === 'Any') return anyLiteral(random, nullable, variable, 0).replace(/^null$/, isNonNullType(type) ? 'true' : 'null');
  return leafLiteral(random, leaf(random, nullable));
}

/** The item of a list of lists of items, without any of the lists. */
function writtenAlone(random, list, variable, depth) {
  const item = getNullableType(list.ofType);
  return isListType(item) ? writtenAlone(random, item, variable, depth) : written(random, new GraphQLNonNull(item), variable, depth);
}

/** The one field of a `@oneOf` takes no null, though its type does. */
function fieldLiteral(random, object, field, variable, depth) {
  const type = object.isOneOf && random.percent(98) ? new GraphQLNonNull(getNullableType(field.type)) : field.type;
  return literal(random, type, variable, depth + 1, field.default !== undefined);
}

function leafLiteral(random, value) {
  if (typeof value !== 'string' || !random.percent(15) || /["\\\u0000-\u0008\u000b-\u001f]/.test(value)) return json(value);
  return `"""${value}"""`;
}

/** The fields of an input object to be given, in any order. */
function chosenFields(random, object, depth) {
  const fields = Object.values(object.getFields());
  if (object.isOneOf) return random.some(fields, random.percent(2) ? 2 : 1);
  const wanted = fields.filter((field) => isRequiredInputField(field) || (depth < 2 && random.percent(50)));
  return random.some(wanted, wanted.length);
}

function leaf(random, type) {
  if (isEnumType(type)) return random.pick(type.getValues()).name;
  switch (type.name) {
    case 'Int': return random.pick(INTEGERS);
    case 'Float': return random.pick(FRACTIONS);
    case 'Boolean': return random.percent(50);
    case 'ID': return random.pick(IDS);
    case 'String': return random.pick(TEXTS);
    default: return any(random, 0);
  }
}

/** Anything that a custom scalar may hold. */
export function any(random, depth) {
  const chance = random.below(depth < 2 ? 8 : 6);
  if (chance === 6) return random.times(random.between(0, 3), () => any(random, depth + 1));
  if (chance === 7) return Object.fromEntries(random.some(['z', 'a', 'm'], random.between(0, 3)).map((key) => [key, any(random, depth + 1)]));
  return [null, true, random.pick(INTEGERS), random.pick(FRACTIONS), random.pick(TEXTS), false][chance];
}

function anyLiteral(random, type, variable, depth) {
  const name = depth > 0 ? variable(type, false) : undefined;
  if (name !== undefined) return `$${name}`;
  if (random.percent(50)) {
    const value = any(random, 2);
    return typeof value === 'string' ? leafLiteral(random, value) : json(value);
  }
  if (random.percent(30)) return random.pick(['NAME', 'nullish', '"text"', '1', '2.5']);
  const below = () => (depth < 2 ? anyLiteral(random, type, variable, depth + 1) : 'true');
  if (random.percent(50)) return `[${random.times(random.between(0, 3), below).join(' ')}]`;
  return `{${random.some(['z', 'a', 'm'], random.between(0, 3)).map((key) => `${key}: ${below()}`).join(' ')}}`;
}
