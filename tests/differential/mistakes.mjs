// A document made wrong, or otherwise right: both must refuse it, or both must answer it alike.

import { Lexer, Source, TokenKind, parse, parseValue, print, visit } from 'graphql';

import { nodeLists } from './nodes.mjs';

const STRAY = ['!', '$', '&', '(', ')', '...', ':', '=', '@', '[', ']', '{', '|', '}', 'null', 'true', '0', '1.5', '"x"', 'nothing', '__type', 'fragment', 'on', '$v', '@skip', '%', '01', '"'];
const STRANGERS = ['1', '"x"', 'null', '[RED]', '{x: 1}', '1.5', 'true', '2147483648', '[]', '{}', 'RED'];

/** The same request with one mistake in its document. */
export function withMistake(random, request) {
  const change = random.pick([renamed, renamed, scrambled, dropped, dropped, doubled, transplanted, transplanted]);
  return { ...request, query: change(random, request.query) };
}

/** A name is another name of the document, or one that is nowhere. */
function renamed(random, query) {
  const names = tokens(query).filter((token) => token.kind === TokenKind.NAME);
  return replaced(query, random.pick(names), random.pick([...names.map((token) => token.value), 'nothing']));
}

/** A token is missing, stands twice, or is another one. */
function scrambled(random, query) {
  const all = tokens(query);
  const token = random.pick(all);
  const text = query.slice(token.start, token.end);
  const other = random.pick(all);
  return replaced(query, token, random.pick(['', `${text} ${text}`, query.slice(other.start, other.end), random.pick(STRAY)]));
}

/** A part of the tree is missing: an argument, a definition, a selection, a field of a value. */
function dropped(random, query) {
  return edited(random, query, ({ list, index }) => list.splice(index, 1));
}

function doubled(random, query) {
  return edited(random, query, ({ list, index }) => list.splice(index, 0, list[index]));
}

/** A value stands in the place of another one. */
function transplanted(random, query) {
  const document = parse(query, { noLocation: true });
  const values = [];
  visit(document, {
    enter(node, key) {
      if (key === 'value' && /Value$|^Variable$/.test(node.kind)) values.push(node);
    },
  });
  if (values.length === 0) return renamed(random, query);
  const [place, other] = [random.pick(values), random.pick(values)];
  const stranger = parseValue(random.pick(STRANGERS), { noLocation: true });
  const value = random.percent(50) ? other : stranger;
  return print(visit(document, { leave: (node) => (node === place ? value : undefined) }));
}

/** Changes one list of nodes of the document, at one of its places. */
function edited(random, query, change) {
  const document = parse(query, { noLocation: true });
  const places = nodeLists(document).flatMap(({ list }) => list.map((_, index) => ({ list, index })));
  change(random.pick(places));
  return print(document);
}

function tokens(query) {
  const lexer = new Lexer(new Source(query));
  const found = [];
  while (lexer.advance().kind !== TokenKind.EOF) found.push(lexer.token);
  return found;
}

function replaced(query, token, text) {
  return `${query.slice(0, token.start)}${text}${query.slice(token.end)}`;
}
