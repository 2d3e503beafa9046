// Values on paper. A value is what JSON.parse gives, and two things that it cannot give: `{ $digits: '1.0' }`, a number in
// these very digits, and `{ $argument: 'a' }`, the value of the field's argument. No name in GraphQL begins with `$`.

/** JSON, with the digits as they are. */
export function json(value) {
  if (Array.isArray(value)) return `[${value.map(json).join(',')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  if ('$digits' in value) return value.$digits;
  return `{${Object.entries(value).map(([key, below]) => `${JSON.stringify(key)}:${json(below)}`).join(',')}}`;
}

/** A literal of GraphQL whose strings are templates of tributary: braces are doubled. */
export function template(value) {
  if (typeof value === 'string') return JSON.stringify(value.replaceAll('{', '{{').replaceAll('}', '}}'));
  if (Array.isArray(value)) return `[${value.map(template).join(', ')}]`;
  if (!isObject(value)) return JSON.stringify(value);
  if ('$digits' in value) return value.$digits;
  if ('$argument' in value) return `"{args.${value.$argument}}"`;
  return `{${Object.entries(value).map(([key, below]) => `${key}: ${template(below)}`).join(', ')}}`;
}

/** What a resolver of JavaScript returns. What stands for an argument that was not given is left out. */
export function resolved(value, given = {}) {
  if (Array.isArray(value)) return value.map((below) => resolved(below, given));
  if (!isObject(value)) return value;
  if ('$digits' in value) return Number(value.$digits);
  if ('$argument' in value) return given[value.$argument];
  return Object.fromEntries(Object.entries(value).map(([key, below]) => [key, resolved(below, given)]));
}

export function isObject(value) {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
