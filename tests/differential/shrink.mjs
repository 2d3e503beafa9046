// A case made small: whatever can be left out while the same kind of difference stays is left out. First the request,
// which one gateway answers as often as one likes, then constants and schema, which take a gateway for each attempt.

import { parse, print, visit } from 'graphql';

import { Pair, outcome } from './case.mjs';
import { nodeLists } from './nodes.mjs';
import { isObject } from './spelling.mjs';

const MOST_ATTEMPTS = 3000;

/** The smallest case found with this difference. */
export async function shrink(case_, kind, binary, stub) {
  const attempts = { left: MOST_ATTEMPTS };
  let smallest = case_;
  for (let before; before !== JSON.stringify(smallest); ) {
    before = JSON.stringify(smallest);
    smallest = await withSmallestRequest(smallest, kind, binary, stub, attempts);
    smallest = await descend(smallest, smallerSchemas, attempts, async (candidate) => (await outcome(candidate, binary, stub)).difference === kind);
  }
  return smallest;
}

async function withSmallestRequest(case_, kind, binary, stub, attempts) {
  const pair = await Pair.start(case_, binary, stub);
  try {
    const request = await descend(case_.request, smallerRequests, attempts, async (candidate) => (await pair.ask(candidate)).difference === kind);
    return { ...case_, request };
  } finally {
    await pair.stop();
  }
}

/** Takes the first smaller one that will do, again and again. */
async function descend(start, smaller, attempts, isGood) {
  let [current, skip] = [start, 0];
  for (let found = true; found; ) {
    found = false;
    let place = 0;
    for (const candidate of smaller(current)) {
      place += 1;
      if (place <= skip) continue;
      if ((attempts.left -= 1) < 0) return current;
      if (!(await isGood(candidate).catch(() => false))) continue;
      // What was of no use before this place is of no use again, mostly: go on from here, and from the start at the end.
      [current, skip, found] = [candidate, place - 1, true];
      break;
    }
    if (!found && skip > 0) [skip, found] = [0, true];
  }
  return current;
}

function* smallerRequests(request) {
  for (const query of smallerDocuments(request.query)) yield { ...request, query };
  if (request.operationName !== undefined) yield { ...request, operationName: undefined };
  if (request.variables === undefined) return;
  yield { ...request, variables: undefined };
  for (const variables of smallerValues(request.variables)) yield { ...request, variables };
}

function* smallerSchemas(case_) {
  for (const sdl of smallerDocuments(case_.sdl)) yield { ...case_, sdl };
  for (const [coordinate, binding] of Object.entries(case_.constants)) {
    const { [coordinate]: _, ...others } = case_.constants;
    yield { ...case_, constants: others };
    if (binding.road === 'rest') yield { ...case_, constants: { ...others, [coordinate]: { ...binding, road: 'value' } } };
    for (const constant of smallerValues(binding.constant)) {
      yield { ...case_, constants: { ...others, [coordinate]: { ...binding, constant } } };
    }
  }
}

/** Documents that lack one node, or have an alias or a wrapper less; none where the text is no document. */
function smallerDocuments(text) {
  let document;
  try {
    document = parse(text, { noLocation: true });
  } catch {
    return [];
  }
  const candidates = [];
  const edits = nodeLists(document).flatMap(({ node, key, list }) => list.map((_, index) => [node, key, list.toSpliced(index, 1)]));
  visit(document, {
    enter(node) {
      for (const key of ['alias', 'description', 'defaultValue', 'typeCondition']) if (node[key]) edits.push([node, key, undefined]);
      if (node.kind === 'NonNullType' || node.kind === 'ListType') edits.push([node, undefined, node.type]);
      if (node.kind === 'InlineFragment') edits.push([node, undefined, node.selectionSet.selections[0]]);
    },
  });
  for (const [target, key, value] of edits) {
    const replace = (node) => (node !== target ? undefined : key === undefined ? value : { ...node, [key]: value });
    try {
      const candidate = print(visit(document, { leave: replace, enter: (node) => (node === target && key === undefined ? value : undefined) }));
      if (candidate.length < print(document).length) candidates.push(withoutUnused(candidate), candidate);
    } catch {
      // Without this part it is no document.
    }
  }
  return candidates;
}

/** A document without the fragments and variables that nothing uses: they would be mistakes of their own. */
function withoutUnused(text) {
  let document = parse(text, { noLocation: true });
  for (let before; before !== document.definitions.length; ) {
    before = document.definitions.length;
    const spread = new Set();
    visit(document, { FragmentSpread: (node) => void spread.add(node.name.value) });
    const definitions = document.definitions.filter((node) => node.kind !== 'FragmentDefinition' || spread.has(node.name.value));
    document = { ...document, definitions };
  }
  const used = new Set();
  const isUnused = (node) => !used.has(node.variable.name.value);
  visit(document, { VariableDefinition: () => false, Variable: (node) => void used.add(node.name.value) });
  return print(visit(document, { VariableDefinition: (node) => (isUnused(node) ? null : undefined) }));
}

function* smallerValues(value) {
  if (Array.isArray(value)) {
    for (const index of value.keys()) yield value.toSpliced(index, 1);
    for (const [index, below] of value.entries()) for (const smaller of smallerValues(below)) yield value.with(index, smaller);
  } else if (isObject(value)) {
    for (const key of Object.keys(value)) {
      const { [key]: _, ...others } = value;
      yield others;
    }
    for (const [key, below] of Object.entries(value)) {
      if (key.startsWith('$')) continue;
      for (const smaller of smallerValues(below)) yield { ...value, [key]: smaller };
    }
  } else if (value !== null && value !== 1) {
    yield null;
  }
}
