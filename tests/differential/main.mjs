// The differential test: random operations over random schemas, put to tributary and to the reference implementation.
// Ends with one line, or with the first difference, made small, and the exit code 1. Called by tests/differential.sh.

import { parseArgs } from 'node:util';

import { Pair, outcome } from './case.mjs';
import { randomConstants } from './constants.mjs';
import { withMistake } from './mistakes.mjs';
import { randomOperation } from './operation.mjs';
import { Random } from './random.mjs';
import { report } from './report.mjs';
import { randomSchema } from './schema.mjs';
import { shrink } from './shrink.mjs';
import { Stub } from './stub.mjs';
import { Reference } from './reference.mjs';
import { validateSchema } from 'graphql';

const OPERATIONS_OF_A_SCHEMA = 50;
const AT_ONCE = 8;

const { values: options } = parseArgs({
  options: {
    binary: { type: 'string' },
    seed: { type: 'string', default: '1' },
    operations: { type: 'string', default: '20000' },
  },
});
const seed = Number(options.seed);
const operations = Number(options.operations);
if (!Number.isSafeInteger(seed) || !(Number.isSafeInteger(operations) && operations > 0)) {
  console.error('differential: --seed and --operations take whole numbers');
  process.exit(2);
}

const stub = await Stub.start();
let compared = 0;
const count = Math.ceil(operations / OPERATIONS_OF_A_SCHEMA);
for (let place = 0; place < count; place += 1) {
  const asked = Math.min(OPERATIONS_OF_A_SCHEMA, operations - place * OPERATIONS_OF_A_SCHEMA);
  const found = await firstDifference(new Random(seed, place), asked);
  if (found === undefined) continue;
  const smallest = await shrink(found.case, found.difference, options.binary, stub);
  report({ seed, schema: place, case: smallest, ...(await outcome(smallest, options.binary, stub)) });
  stub.stop();
  process.exit(1);
}
stub.stop();
console.log(`${compared} operations over ${count} schemas with seed ${seed}: no difference`);

/** The first case of a schema whose answers differ, and how. */
async function firstDifference(random, asked) {
  const schema = validSchema(random);
  const pair = await Pair.start(schema, options.binary, stub);
  try {
    const requests = random.times(asked, () => randomRequest(random, pair.reference.schema));
    for (let start = 0; start < requests.length; start += AT_ONCE) {
      const some = requests.slice(start, start + AT_ONCE);
      const answers = await Promise.all(some.map((request) => pair.ask(request)));
      compared += answers.filter(({ expected }) => expected !== undefined).length;
      const place = answers.findIndex((answer) => answer.difference !== undefined);
      if (place >= 0) return { case: { ...schema, request: some[place] }, difference: answers[place].difference };
    }
    return undefined;
  } finally {
    await pair.stop();
  }
}

function validSchema(random) {
  for (;;) {
    const sdl = randomSchema(random);
    try {
      const { schema } = new Reference(sdl, {});
      if (validateSchema(schema).length === 0) return { sdl, constants: randomConstants(random, schema) };
    } catch {
      // A default of an enum that has no such value: another schema, then.
    }
  }
}

function randomRequest(random, schema) {
  const request = randomOperation(random, schema);
  return random.percent(12) ? withMistake(random, request) : request;
}
