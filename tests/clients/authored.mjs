// What clients should see of a schema, worked out from its text alone: without the directives of tributary, without the fields
// that are marked as internal, and with each type in one piece.
import { Kind, parse, print, visit } from 'graphql';

// Scalars that need no definition; the program adds those that are used.
const IMPLIED = ['DateTime', 'Date', 'Time', 'UUID', 'BigInt', 'Decimal', 'JSON'];

/** The definitions of a schema, each printed in one form whatever its descriptions' quotes, sorted. */
export function authored(text, directives) {
  const ours = definedIn(directives);
  const document = visit(parse(text), {
    FieldDefinition: (field) => (field.directives.some(isInternal) ? null : undefined),
    Directive: (directive) => (ours.has(directive.name.value) ? null : undefined),
    StringValue: (node, key) => ({ ...node, block: key === 'description' }),
  });
  const definitions = inOnePiece(document.definitions).filter((one) => !isImplied(one) && !isEmpty(one));
  return definitions.map(print).sort();

  function isInternal(directive) {
    return ours.has('internal') && directive.name.value === 'internal';
  }
}

/** What an extension has, its definition has behind its own. */
function inOnePiece(definitions) {
  const isExtension = (one) => one.kind.endsWith('Extension');
  return definitions.filter((one) => !isExtension(one)).map((definition) => {
    const extensions = definitions.filter((one) => isExtension(one) && one.name?.value === definition.name?.value);
    return extensions.reduce(joined, definition);
  });
}

function joined(definition, extension) {
  const lists = Object.entries(extension).filter(([, value]) => Array.isArray(value));
  const extended = lists.map(([key, value]) => [key, [...definition[key], ...value]]);
  return { ...definition, ...Object.fromEntries(extended) };
}

function definedIn(directives) {
  const definitions = directives === '' ? [] : parse(directives).definitions;
  return new Set(definitions.filter((one) => one.kind === Kind.DIRECTIVE_DEFINITION).map((one) => one.name.value));
}

/** `scalar DateTime`, and nothing else said about it. */
function isImplied(definition) {
  return (
    definition.kind === Kind.SCALAR_TYPE_DEFINITION &&
    IMPLIED.includes(definition.name.value) &&
    definition.directives.length === 0 &&
    !definition.description
  );
}

/** A schema definition that says only what is so without it. */
function isEmpty(definition) {
  const standard = { query: 'Query', mutation: 'Mutation', subscription: 'Subscription' };
  return (
    definition.kind === Kind.SCHEMA_DEFINITION &&
    definition.directives.length === 0 &&
    !definition.description &&
    definition.operationTypes.every(({ operation, type }) => standard[operation] === type.name.value)
  );
}
