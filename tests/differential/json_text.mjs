// A value of a JSON object as it stands in the text, which JSON.parse would not tell: digits, escapes, order of keys.

/** The text of the value under a key of the outermost object; nothing where it is not there. */
export function topLevelText(text, key) {
  let at = text.indexOf('{') + 1;
  while (text[at] === '"') {
    const keyEnd = endOf(text, at);
    const valueEnd = endOf(text, keyEnd + 1);
    if (JSON.parse(text.slice(at, keyEnd)) === key) return text.slice(keyEnd + 1, valueEnd);
    at = valueEnd + 1;
  }
  return undefined;
}

/** Where the value ends that begins here. */
function endOf(text, start) {
  let depth = 0;
  for (let at = start; at < text.length; at += 1) {
    const character = text[at];
    if (character === '"') at = endOfString(text, at) - 1;
    else if (character === '{' || character === '[') depth += 1;
    else if (depth > 0 && (character === '}' || character === ']')) depth -= 1;
    else if (depth === 0) {
      if (/[,:}\]]/.test(character)) return at;
      continue;
    }
    if (depth === 0) return at + 1;
  }
  return text.length;
}

function endOfString(text, start) {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
  return at + 1;
}
