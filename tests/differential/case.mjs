// One case: a schema, the constants of its fields, and a request, as plain data. Everything else is made of it.

import { bind } from './bind.mjs';
import { difference } from './compare.mjs';
import { Reference } from './reference.mjs';
import { Tributary } from './tributary.mjs';

/** Both sides, ready to be asked about one schema. */
export class Pair {
  #served;
  #tributary;

  /** Throws where the schema is none, or where tributary does not take it. */
  static async start({ sdl, constants }, binary, stub) {
    const pair = new Pair();
    pair.reference = new Reference(sdl, constants);
    pair.#served = stub.serve(constants);
    pair.bound = bind(sdl, constants, pair.#served.address);
    pair.#tributary = await Tributary.start(binary, pair.bound);
    return pair;
  }

  /** Both answers, and what differs; nothing where the answer is too large to be worth the time. */
  async ask(request) {
    const expected = this.reference.ask(request);
    if (expected === undefined) return {};
    const actual = await this.#tributary.ask(request);
    return { expected, actual, difference: difference(expected, actual) };
  }

  async stop() {
    this.#served.end();
    await this.#tributary.stop();
  }
}

/** What one case comes to, with a gateway of its own. */
export async function outcome(case_, binary, stub) {
  const pair = await Pair.start(case_, binary, stub);
  try {
    return { ...(await pair.ask(case_.request)), bound: pair.bound };
  } finally {
    await pair.stop();
  }
}
