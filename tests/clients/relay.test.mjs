// relay-compiler reads the printed schema; the query that it writes is sent by relay-runtime, whose store is then read.
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { after, before, it } from 'node:test';
import { fileURLToPath } from 'node:url';

import relay from 'relay-runtime';

import { tool } from './processes.mjs';
import { SCHEMAS, ask, sdl, serve, serveDemo } from './program.mjs';

const path = (name) => fileURLToPath(new URL(name, import.meta.url));

let demo;
before(async () => {
  demo = await serveDemo();
});
after(() => demo?.stop());

it('a fragment has the data that arrived, and the error of the field that did not', async () => {
  await compile(SCHEMAS.demo, 'schema.graphql', 'relay.config.json');
  const { default: query } = await import('./relay/app/__generated__/productQuery.graphql.js');
  const { default: card } = await import('./relay/app/__generated__/product_card.graphql.js');
  const environment = relayEnvironment(demo.url);

  const { product } = await relay.fetchQuery(environment, query, { id: '1' }).toPromise();
  const selector = relay.getSingularSelector(card, product);
  const { data } = environment.lookup(selector);

  assert.equal(data.name, 'Vacuum flask');
  assert.deepEqual(data.seller, { name: 'Northwind Outfitters' });
  assert.equal(data.shippingQuote.ok, false);
  assert.deepEqual(data.shippingQuote.errors.map((error) => error.extensions.code), ['SOURCE_TIMEOUT']);
});

it('a schema with everything is compiled, and the query for it is answered', async () => {
  await compile(SCHEMAS.everyKind, 'every-kind.graphql', 'every-kind.config.json');
  const server = await serve(SCHEMAS.everyKind);
  try {
    const { default: query } = await import('./relay/every-kind/__generated__/animalsQuery.graphql.js');
    const { data, errors } = await ask(server.url, query.params.text);
    assert.deepEqual(errors, undefined);
    assert.deepEqual(data, { animals: [] });
  } finally {
    await server.stop();
  }
});

async function compile(schema, copy, config) {
  writeFileSync(path(`relay/${copy}`), sdl(schema));
  await tool('relay-compiler', [path(`relay/${config}`)]);
}

function relayEnvironment(url) {
  const send = ({ text }, variables) => ask(url, text, variables);
  return new relay.Environment({
    // Products and sellers are numbered on their own, so their numbers alone tell nothing.
    getDataID: ({ id }, type) => id && `${type}:${id}`,
    network: relay.Network.create(send),
    store: new relay.Store(new relay.RecordSource()),
  });
}
