// Introspection as graphql-js asks for it, in both versions that are in use: the schema that a client builds from the answer is
// the schema that `tributary sdl` prints, and both are the author's own without what is tributary's.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { after, before, describe, it } from 'node:test';

import * as graphql16 from 'graphql';
import * as graphql17 from 'graphql-17';

import { authored } from './authored.mjs';
import { META_TYPES, printMetaType } from './meta-types.mjs';
import { SCHEMAS, ask, run, sdl, serve } from './program.mjs';

const IMPLEMENTATIONS = [graphql16, graphql17];

// Every option of both. `experimentalDirectiveDeprecation` of version 17 is not among them: it asks for fields that the
// September 2025 edition does not have.
const OPTIONS = {
  descriptions: true,
  specifiedByUrl: true,
  directiveIsRepeatable: true,
  schemaDescription: true,
  inputValueDeprecation: true,
  oneOf: true,
};

const CASES = [
  { file: SCHEMAS.demo, title: 'the demo', implementations: IMPLEMENTATIONS, options: OPTIONS },
  {
    file: SCHEMAS.everyKind,
    title: 'a schema with everything',
    implementations: IMPLEMENTATIONS,
    // The deepest that either writes; the schema has a type of 14 wrappers, and allows an operation this deep.
    options: { ...OPTIONS, typeDepth: 100 },
  },
  {
    file: SCHEMAS.unusual,
    title: 'what not every client reads',
    // Version 16 cannot print these defaults, wherever they come from.
    implementations: [graphql17],
    options: OPTIONS,
  },
];

for (const { file, title, implementations, options } of CASES) {
  describe(title, () => {
    let server;
    before(async () => {
      server = await serve(file);
    });
    after(() => server?.stop());

    for (const graphql of implementations) {
      it(`is the same by introspection and by \`tributary sdl\` for graphql-js ${graphql.version}`, async () => {
        const answer = await ask(server.url, graphql.getIntrospectionQuery(options));
        assert.deepEqual(answer.errors, undefined);
        const introspected = graphql.buildClientSchema(answer.data);
        assert.deepEqual(graphql.validateSchema(introspected), []);
        const printed = graphql.buildSchema(sdl(file));
        assert.equal(graphql.printSchema(introspected), graphql.printSchema(printed));
      });

      it(`is understood without any option by graphql-js ${graphql.version}`, async () => {
        const none = Object.fromEntries(Object.keys(OPTIONS).map((name) => [name, false]));
        const answer = await ask(server.url, graphql.getIntrospectionQuery({ ...options, ...none }));
        assert.deepEqual(answer.errors, undefined);
        assert.deepEqual(graphql.validateSchema(graphql.buildClientSchema(answer.data)), []);
      });
    }

    it("is the author's own, with the author's directives where they stood", () => {
      const expected = authored(readFileSync(file, 'utf8'), run('directives'));
      assert.deepEqual(authored(sdl(file), ''), expected);
    });
  });
}

describe('the types of introspection itself', () => {
  let server;
  before(async () => {
    server = await serve(SCHEMAS.everyKind);
  });
  after(() => server?.stop());

  for (const [name, expected] of Object.entries(META_TYPES)) {
    it(`${name} is told of by __type`, async () => {
      const { data, errors } = await ask(server.url, META_TYPE_QUERY, { name });
      assert.deepEqual(errors, undefined);
      assert.deepEqual(printMetaType(data.__type), expected.trim().split('\n').map((line) => line.trim()));
    });
  }

  it('every object of an answer has its __typename', async () => {
    const { data, errors } = await ask(server.url, TYPENAME_QUERY);
    assert.deepEqual(errors, undefined);
    assert.equal(data.__typename, 'Question');
    assert.equal(data.__schema.__typename, '__Schema');
    assert.deepEqual(new Set(data.__schema.directives.map((directive) => directive.__typename)), new Set(['__Directive']));
    const { __type: type } = data;
    assert.equal(type.__typename, '__Type');
    assert.equal(type.fields[0].__typename, '__Field');
    assert.equal(type.fields[0].args[0].__typename, '__InputValue');
    assert.equal(type.fields[0].type.__typename, '__Type');
    assert.equal(data.level.enumValues[0].__typename, '__EnumValue');
  });

  it('a type that is not there is null, one of introspection is named in __schema.types', async () => {
    const { data } = await ask(server.url, '{ nobody: __type(name: "Nobody") { name } __schema { types { name } } }');
    assert.equal(data.nobody, null);
    const names = data.__schema.types.map((type) => type.name);
    assert.deepEqual(Object.keys(META_TYPES).filter((name) => !names.includes(name)), []);
  });
});

const META_TYPE_QUERY = `
  query Meta($name: String!) {
    __type(name: $name) {
      kind name
      fields(includeDeprecated: true) { name args(includeDeprecated: true) { name type { ...Written } defaultValue } type { ...Written } }
      enumValues(includeDeprecated: true) { name }
    }
  }
  fragment Written on __Type { kind name ofType { kind name ofType { kind name ofType { kind name } } } }
`;

const TYPENAME_QUERY = `{
  __typename
  __schema { __typename directives { __typename } }
  __type(name: "Question") { __typename fields { __typename args { __typename } type { __typename } } }
  level: __type(name: "Level") { enumValues { __typename } }
}`;
