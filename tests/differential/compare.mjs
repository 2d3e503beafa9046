// Whether two answers mean the same: `data` is the same text and the errors stand at the same paths; or both refuse, and for
// the same: a document that cannot be read at the same place, one that is not valid for the same mistakes at the same places,
// variables at as many places. How many errors tell of one path is each one's own affair.

/** What differs, in a word; nothing where nothing does. */
export function difference(expected, actual) {
  if (expected.refused !== undefined || actual.refused !== undefined) return refusal(expected, actual);
  if (expected.data !== actual.data) return 'data';
  return pathSet(expected) === pathSet(actual) ? undefined : 'paths';
}

function refusal(expected, actual) {
  if (expected.refused !== actual.refused) return 'refusal';
  const told = expected.refused === 'validation' ? mistake : place;
  const expectedMistakes = expected.errors.map(told);
  const omitted = actual.errors.find(({ extensions }) => extensions.code === 'ERRORS_OMITTED')?.extensions.omitted ?? 0;
  const actualMistakes = actual.errors.filter(({ extensions }) => extensions.code !== 'ERRORS_OMITTED').map(told);
  // graphql-js tells some mistakes of a document twice, and tributary counts them twice where it does not list them.
  const all = expected.refused === 'validation' ? [...new Set(expectedMistakes)] : expectedMistakes;
  const count = actualMistakes.length + omitted;
  if (count < all.length || count > (omitted > 0 ? expectedMistakes : all).length) return 'number of mistakes';
  return includes(all, actualMistakes) ? undefined : 'mistakes';
}

/** Whether each of some is one of all, as often as it is there. */
function includes(all, some) {
  const left = [...all];
  return some.every((one) => left.includes(one) && left.splice(left.indexOf(one), 1));
}

function mistake({ message, locations }) {
  return `${message} ${place({ locations })}`;
}

function place({ locations = [] }) {
  return locations.map(({ line, column }) => `${line}:${column}`).join(' ');
}

function pathSet({ paths }) {
  return [...new Set(paths)].sort().join('\n');
}
