// Descriptions of operations, fragments and variables, at times: they mean nothing, whatever stands in them.

const TEXTS = ['"d"', '"a \\"quoted\\" {"', '"""b { # $ """', '"""\n  two\n  lines \\""" }\n"""', '""', '"𝄞"'];

/** A definition, described or not. */
export function described(random, definition) {
  return random.percent(4) ? `${random.pick(TEXTS)} ${definition}` : definition;
}
