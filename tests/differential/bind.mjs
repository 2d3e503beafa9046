// The schema file of tributary for a random schema: every constant becomes a binding, by one of two roads. `@value` holds
// it in the schema itself; `@rest` asks the stub for it. Every limit is out of the way: what is compared is what GraphQL says.

import { parse, parseConstValue, print, visit } from 'graphql';

import { template } from './spelling.mjs';

const LIMITS = `extend schema
  @gateway(deadline: "60s", maxTokens: 1000000, maxDepth: 10000, maxAliases: 100000, maxRootFields: 100000,
    maxFields: 1000000, maxCalls: 1000000, maxErrors: 1000000)`;

/** The schema's text with its bindings; `address` is where the stub serves this schema's constants. */
export function bind(sdl, constants, address) {
  const document = visit(parse(sdl, { noLocation: true }), {
    ObjectTypeDefinition: (type) => ({
      ...type,
      fields: type.fields.map((field) => {
        const binding = constants[`${type.name.value}.${field.name.value}`];
        return binding === undefined ? field : { ...field, directives: [...(field.directives ?? []), directive(type, field, binding)] };
      }),
    }),
  });
  const source = `  @source(name: "stub", rest: { url: "${address}" }, timeout: "60s", concurrency: 512, queue: 100000)`;
  return `${print(document)}\n\n${LIMITS}\n${source}\n`;
}

function directive(type, field, { road, constant }) {
  const [name, argument, text] = road === 'rest'
    ? ['rest', 'get', `"/${type.name.value}.${field.name.value}"`]
    : ['value', 'of', template(constant)];
  return {
    kind: 'Directive',
    name: { kind: 'Name', value: name },
    arguments: [{ kind: 'Argument', name: { kind: 'Name', value: argument }, value: parseConstValue(text, { noLocation: true }) }],
  };
}
