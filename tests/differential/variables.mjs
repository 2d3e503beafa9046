// The variables of one operation. Each is made for the place where it stands: of the type there, or of one that may stand
// for it; given, null, or absent, with a default or without.

import { GraphQLNonNull, getNullableType, isNonNullType, isNullableType } from 'graphql';

import { described } from './descriptions.mjs';
import { literal, variableValue } from './values.mjs';

export class Variables {
  #random;
  #prefix;
  #known = [];

  constructor(random, prefix) {
    this.#random = random;
    this.#prefix = prefix;
  }

  isEmpty() {
    return this.#known.length === 0;
  }

  /** The name of a variable for a place of this type, new or known, or nothing: a literal is to stand there. */
  forPlace(type, hasDefault, often = 18) {
    if (!this.#random.percent(often)) return undefined;
    const known = this.#known.filter((variable) => variable.place === String(type) && variable.hasDefault === hasDefault);
    if (known.length > 0 && this.#random.percent(40)) return this.#random.pick(known).name;
    return this.#declare(type, hasDefault);
  }

  /** The name of a variable for `if:`, to which a null may come where it has a default. */
  condition() {
    const known = this.#known.filter((variable) => variable.place === 'if');
    if (known.length > 2) return this.#random.pick(known).name;
    const [name, value] = [this.#name(), this.#random.percent(50)];
    const random = this.#random;
    const [type, given] = random.pick([['Boolean!', value], [`Boolean! = ${!value}`, value], [`Boolean = ${value}`, undefined], [`Boolean = ${value}`, random.percent(50) ? null : value]]);
    this.#known.push({ name, place: 'if', type, given });
    return name;
  }

  definitions() {
    const definition = ({ name, type }) => described(this.#random, `$${name}: ${type}`);
    return this.isEmpty() ? '' : `(${this.#known.map(definition).join(', ')})`;
  }

  /** What to send: at times something more, or nothing at all where nothing is given. */
  values() {
    const given = this.#known.filter((variable) => variable.given !== undefined).map(({ name, given }) => [name, given]);
    if (this.#random.percent(3)) given.push(['unknown', 1]);
    return given.length === 0 && this.#random.percent(50) ? undefined : Object.fromEntries(given);
  }

  #declare(place, hasDefault) {
    const random = this.#random;
    const name = this.#name();
    let type = place;
    let written = '';
    if (isNullableType(place) && random.percent(20)) type = new GraphQLNonNull(place);
    // A nullable variable may stand at a non-null place that has a default, or with a default of its own.
    if (isNonNullType(place) && random.percent(25)) {
      type = getNullableType(place);
      if (!hasDefault || random.percent(50)) written = ` = ${literal(random, place)}`;
    } else if (random.percent(25)) {
      written = ` = ${literal(random, type)}`;
    }
    const mayBeAbsent = isNullableType(type) || written !== '';
    const given = mayBeAbsent && random.percent(25) ? undefined : variableValue(random, type);
    this.#known.push({ name, place: String(place), hasDefault, type: `${type}${written}`, given });
    return name;
  }

  #name() {
    return `${this.#prefix}${this.#known.length}`;
  }
}
