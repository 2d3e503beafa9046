// Chance from a seed: the same seed gives the same choices on every machine. Nothing else here may call Math.random.

export class Random {
  #state;

  /** Seeds that differ in any part give streams that have nothing to do with each other. */
  constructor(...seed) {
    this.#state = 0x9e3779b9;
    for (const character of seed.join(':')) this.#state = mix(this.#state ^ character.codePointAt(0));
  }

  /** A whole number from 0 up to, and without, the limit. */
  below(limit) {
    this.#state = (this.#state + 0x6d2b79f5) | 0;
    return Math.floor((mix(this.#state) / 2 ** 32) * limit);
  }

  /** A whole number, both ends included. */
  between(low, high) {
    return low + this.below(high - low + 1);
  }

  /** True this often out of a hundred times. */
  percent(often) {
    return this.below(10000) < often * 100;
  }

  pick(list) {
    return list[this.below(list.length)];
  }

  /** Some of a list, in another order. */
  some(list, count) {
    const left = [...list];
    const taken = [];
    while (taken.length < count && left.length > 0) taken.push(...left.splice(this.below(left.length), 1));
    return taken;
  }

  times(count, make) {
    return Array.from({ length: count }, (_, index) => make(index));
  }
}

function mix(number) {
  let mixed = number;
  mixed = Math.imul(mixed ^ (mixed >>> 16), 0x85ebca6b);
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
