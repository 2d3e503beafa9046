// Random selection sets: fields, aliases, fragments of both kinds, conditions, and the same field again with other
// selections below it, which must be merged.

import { getNamedType, isAbstractType, isCompositeType, isLeafType, isRequiredArgument } from 'graphql';

import { described } from './descriptions.mjs';
import { literal } from './values.mjs';

const MOST_FIELDS = 45;
const DEEPEST = 6;

export class SelectionWriter {
  #random;
  #schema;
  #variables;
  #prefix;
  #left = MOST_FIELDS;
  #fragments = [];
  /** What stands before the selections, by response key: one key means one field with one set of arguments. */
  #heads = new Map();

  constructor(random, schema, variables, prefix) {
    this.#random = random;
    this.#schema = schema;
    this.#variables = variables;
    this.#prefix = prefix;
  }

  /** The definitions of all fragments that are used. */
  fragments() {
    return this.#fragments.map(({ name, type, text }) => described(this.#random, `fragment ${name} on ${type} ${text}`));
  }

  selectionSet(type, depth) {
    const random = this.#random;
    const count = this.#left > 0 ? random.between(1, depth === 0 ? 6 : 4) : 1;
    const selections = random.times(count, () => this.#selection(type, depth));
    // A part of what stands there already, again.
    if (this.#left > 0 && random.percent(15)) selections.push(this.#inlineFragment(type, depth));
    return `{ ${selections.join(' ')} }`;
  }

  #selection(type, depth) {
    const chance = this.#random.below(100);
    this.#left -= 1;
    if (depth >= DEEPEST || this.#left <= 0) return this.#shortest(type);
    if (chance < 8) return `${this.#random.pick(['', '', 't: ', '__t: '])}__typename${this.#conditions()}`;
    if (chance < 20) return this.#inlineFragment(type, depth);
    if (chance < 32) return this.#fragmentSpread(type, depth);
    if (chance < 36 && type === this.#schema.getQueryType()) return this.#introspection(depth);
    return this.#field(type, depth);
  }

  #shortest(type) {
    const leaves = fieldsOf(type).filter((field) => isLeafType(getNamedType(field.type)) && field.args.length === 0);
    return leaves.length > 0 && this.#random.percent(70) ? this.#random.pick(leaves).name : '__typename';
  }

  #field(type, depth) {
    const fields = fieldsOf(type);
    if (fields.length === 0) return '__typename';
    const field = this.#random.pick(fields);
    return `${this.#head(field)}${this.#conditions()}${this.#below(field, depth)}`;
  }

  #below(field, depth) {
    const type = getNamedType(field.type);
    return isCompositeType(type) ? ` ${this.selectionSet(type, depth + 1)}` : '';
  }

  /** Key, name and arguments: those that the key has already, where it means this very field. */
  #head(field) {
    const random = this.#random;
    const key = random.percent(70) ? field.name : random.pick(['k1', 'k2', 'k3', 'a', 'id']);
    const known = this.#heads.get(key);
    if (known?.field.name === field.name && known.shape === shapeOf(field)) return known.text;
    const own = known === undefined ? key : `${field.name}_${this.#heads.size}`;
    const text = `${own === field.name ? '' : `${own}: `}${field.name}${this.#arguments(field)}`;
    this.#heads.set(own, { field, shape: shapeOf(field), text });
    return text;
  }

  #arguments(field) {
    const random = this.#random;
    const given = field.args.filter((argument) => isRequiredArgument(argument) || random.percent(65));
    const variable = (type, hasDefault) => this.#variables.forPlace(type, hasDefault);
    const one = ({ name, type, default: written }) =>
      `${name}: ${literal(random, type, variable, 0, written !== undefined)}`;
    return given.length === 0 ? '' : `(${random.some(given, given.length).map(one).join(', ')})`;
  }

  #inlineFragment(type, depth) {
    const condition = this.#random.percent(20) ? undefined : this.#overlapping(type);
    const on = condition === undefined ? '' : ` on ${condition.name}`;
    return `...${on}${this.#conditions()} ${this.selectionSet(condition ?? type, depth + 1)}`;
  }

  /** A new fragment, or one that is there already; never one that is still being written, which would be a cycle. */
  #fragmentSpread(type, depth) {
    const random = this.#random;
    const known = this.#fragments.filter((fragment) => this.#overlap(type, fragment.type));
    if (known.length > 0 && random.percent(50)) return `...${random.pick(known).name}${this.#conditions()}`;
    const condition = this.#overlapping(type);
    const text = this.selectionSet(condition, depth + 1);
    const name = `${this.#prefix}${this.#fragments.length}`;
    this.#fragments.push({ name, type: condition, text });
    return `...${name}${this.#conditions()}`;
  }

  #overlapping(type) {
    const types = Object.values(this.#schema.getTypeMap());
    return this.#random.pick(types.filter((other) => isCompositeType(other) && this.#overlap(type, other)));
  }

  #overlap(type, other) {
    const possible = (composite) => (isAbstractType(composite) ? this.#schema.getPossibleTypes(composite) : [composite]);
    return type === other || possible(type).some((object) => possible(other).includes(object));
  }

  #conditions() {
    const random = this.#random;
    if (!random.percent(10)) return '';
    const value = () => (random.percent(50) ? random.pick(['true', 'false']) : `$${this.#variables.condition()}`);
    return random
      .some(['skip', 'include'], random.percent(15) ? 2 : 1)
      .map((name) => ` @${name}(if: ${value()})`)
      .join('');
  }

  /** What the schema says of itself: of one type, or of the root types. */
  #introspection(depth) {
    const random = this.#random;
    const names = [...Object.keys(this.#schema.getTypeMap()).filter((name) => !name.startsWith('__')), 'Nothing', '__Type'];
    const key = `meta${this.#heads.size}`;
    this.#heads.set(key, { field: {}, shape: '', text: '' });
    const type = this.#schema.getType('__Type');
    if (random.percent(75)) return `${key}: __type(name: "${random.pick(names)}") ${this.selectionSet(type, Math.max(depth, 3))}`;
    const root = random.pick(['queryType', 'mutationType', 'subscriptionType']);
    return `${key}: __schema { ${root} ${this.selectionSet(type, Math.max(depth, 3))} }`;
  }
}

/** Not `defaultValue`, whose spaces and quotes the specification leaves open: graphql-js 16 and 17 write them differently. */
function fieldsOf(type) {
  return 'getFields' in type ? Object.values(type.getFields()).filter((field) => field.name !== 'defaultValue') : [];
}

function shapeOf(field) {
  return `${field.type} ${field.args.map((argument) => `${argument.name}: ${argument.type}`).join(', ')}`;
}
