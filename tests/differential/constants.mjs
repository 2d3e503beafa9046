// What the fields of a schema resolve to: for each bound field ("Type.field") a constant and the road by which tributary
// gets it. A field that is not bound takes the property of its name from its parent's value, here and there alike.

import { getNamedType, getNullableType, isAbstractType, isCompositeType, isEnumType, isListType, isNonNullType, isObjectType } from 'graphql';

import { any } from './values.mjs';

const INTEGERS = [0, 1, -1, 42, 2147483647, -2147483648];
const FRACTIONS = [0, 1, 0.5, -1.25, 1e21, 1e-7, 123456.789, 4294967296];
const TEXTS = ['', 'a', '5', '-1.5', 'true', '"\\', 'línea\n\ttwo', '{x}', '}}{{', '{args.a}', '\u2028 \u{1f600}', '\u0001\u007f\b\f\r'];

// What does not fit every type, in all its kinds. Numbers beyond 2^53 are not among them: tributary keeps their digits.
const ODD = [0, -3, 1.5, 2147483648, -2147483649, 1e21, '', 'x', '5', '1.5', ' 1 ', '1e3', 'RED', 'NaN', 'Infinity', true, false, [], [1], {}, { x: 1 }, null];

/** Constants for every bound field: `{ road, constant }` by coordinate. */
export function randomConstants(random, schema) {
  const trouble = random.pick([0, 1, 1, 2]);
  const bound = boundFields(random, schema);
  const constants = {};
  for (const { coordinate, field, road } of bound) {
    const constant = road === 'echo' ? echo(random, field) : new Constants(random, schema, bound, trouble).of(field.type, 0);
    constants[coordinate] = { road: road === 'echo' ? 'value' : road, constant };
  }
  return constants;
}

/** Every root field is bound, but for some of object types, which are empty objects then; and so are some of the others. */
function boundFields(random, schema) {
  const roots = [schema.getQueryType(), schema.getMutationType()];
  const rest = random.pick([0, 0, 50, 100]);
  const deep = random.pick([5, 30, 60]);
  const road = () => (random.percent(rest) ? 'rest' : 'value');
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type) && !type.name.startsWith('__'))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field, coordinate: `${type.name}.${field.name}` })))
    .flatMap((found) => {
      if (isEcho(found.field)) return [{ ...found, road: 'echo' }];
      const mayBeUnbound = !roots.includes(found.type) || isObjectType(getNullableType(found.field.type));
      const often = roots.includes(found.type) ? 85 : deep;
      return mayBeUnbound && !random.percent(often) ? [] : [{ ...found, road: road() }];
    });
}

function isEcho(field) {
  return ['echo', 'mirror', 'tell'].includes(field.name) && field.args.length > 0;
}

/** The arguments as they came in: the first one alone, or all of them. */
function echo(random, field) {
  const given = field.args.map((argument) => [argument.name, { $argument: argument.name }]);
  if (getNullableType(field.type).name !== 'Any') return given[0][1];
  return random.percent(30) ? { list: [given[0][1], 'text'], z: given[0][1], ...Object.fromEntries(given) } : Object.fromEntries(given);
}

class Constants {
  #random;
  #schema;
  #bound;
  #trouble;
  #left = 60;

  constructor(random, schema, bound, trouble) {
    this.#random = random;
    this.#schema = schema;
    this.#bound = new Set(bound.map(({ coordinate }) => coordinate));
    this.#trouble = trouble;
  }

  of(type, depth) {
    const random = this.#random;
    this.#left -= 1;
    if (random.percent(isNonNullType(type) ? 1.5 * this.#trouble : 10)) return null;
    const nullable = getNullableType(type);
    if (random.percent(2 * this.#trouble)) return this.#odd(nullable);
    if (isListType(nullable)) {
      const count = this.#left > 0 ? random.between(0, 3) : 0;
      return random.times(count, () => this.of(nullable.ofType, depth));
    }
    return isCompositeType(nullable) ? this.#object(nullable, depth) : this.#leaf(nullable);
  }

  /** A value that may not fit: what the contract excludes for the type is not among them. */
  #odd(type) {
    const value = this.#random.pick(ODD);
    const isBeyond = Number.isInteger(value) && Math.abs(value) > 2 ** 53;
    return isBeyond && ['ID', 'String'].includes(getNamedType(type).name) ? 'x' : value;
  }

  #object(type, depth) {
    const random = this.#random;
    const concrete = isAbstractType(type) ? random.pick(this.#schema.getPossibleTypes(type)) : type;
    if (concrete === undefined) return {};
    const properties = [];
    if (isAbstractType(type) || random.percent(20)) properties.push(...this.#typename(concrete));
    for (const field of Object.values(concrete.getFields())) {
      const isDeep = depth >= 3 || this.#left <= 0;
      const isLost = isDeep ? isCompositeType(getNamedType(field.type)) : random.percent(3 * this.#trouble);
      if (this.#bound.has(`${concrete.name}.${field.name}`) || isLost) continue;
      properties.push([field.name, this.of(field.type, depth + 1)]);
    }
    return Object.fromEntries(random.some(properties, properties.length));
  }

  #typename(type) {
    if (!this.#random.percent(2 * this.#trouble)) return [['__typename', type.name]];
    return this.#random.pick([[], [['__typename', null]], [['__typename', 'Nothing']], [['__typename', 5]], [['__typename', 'Query']]]);
  }

  #leaf(type) {
    const random = this.#random;
    if (isEnumType(type)) return random.pick(type.getValues()).name;
    switch (type.name) {
      case 'Int': return random.percent(10) ? { $digits: random.pick(['1.0', '1e2', '-0', '2147483647.0']) } : random.pick(INTEGERS);
      case 'Float': return random.percent(10) ? { $digits: random.pick(['-0.0', '-0', '1e2', '1.5e-5']) } : random.pick(FRACTIONS);
      case 'Boolean': return random.percent(50);
      case 'ID': return random.percent(10) ? { $digits: random.pick(['1.0', '1e2', '-0.0', '1e21']) } : random.pick(['x', '', '007', 5, 0, -3]);
      case 'String': return random.percent(10) ? { $digits: random.pick(['1.0', '1e2', '-0.0', '0.10', '1.5e-5', '1e-7']) } : random.pick(TEXTS);
      default: return any(random, 0);
    }
  }
}
