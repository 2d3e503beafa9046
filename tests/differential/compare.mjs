// Whether two answers mean the same: both refuse, or `data` is the same text and the errors stand at the same paths.
// Messages are each one's own, and so is how many errors tell of one path.

/** What differs, in a word; nothing where nothing does. */
export function difference(expected, actual) {
  if (expected.refused !== actual.refused) return 'refusal';
  if (expected.data !== actual.data) return 'data';
  return pathSet(expected) === pathSet(actual) ? undefined : 'paths';
}

function pathSet({ refused, paths }) {
  return refused ? '' : [...new Set(paths)].sort().join('\n');
}
