// Apollo Client as a page uses it: what arrived is rendered beside what did not, and the cache knows things by their names.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { ApolloClient, CombinedGraphQLErrors, HttpLink, InMemoryCache, gql } from '@apollo/client';
import { ApolloProvider, useQuery } from '@apollo/client/react';
import { prerenderStatic } from '@apollo/client/react/ssr';
import { createElement as element } from 'react';
import { prerender } from 'react-dom/static';

import { ask, serveDemo } from './program.mjs';

// The shipping service takes a second for this product, and the field waits for 600 ms.
const PRODUCT = gql`
  query Product($id: ID!) {
    product(id: $id) {
      id
      name
      seller {
        id
        name
      }
      shippingQuote {
        days
      }
    }
  }
`;

const ORDERS = gql`
  query Orders($customer: ID!) {
    customer(id: $customer) {
      id
      name
      orders(first: 100) {
        id
      }
    }
  }
`;

const PLACE_ORDER = gql`
  mutation PlaceOrder($order: NewOrder!) {
    placeOrder(order: $order) {
      id
      customer {
        id
        orders(first: 100) {
          id
        }
      }
    }
  }
`;

const SEARCH = gql`
  query Search($keyword: String!) {
    search(keyword: $keyword) {
      ...Found
      ... on WebPage {
        url
      }
    }
  }
  fragment Found on SearchResult {
    name
  }
`;

let demo;
before(async () => {
  demo = await serveDemo();
});
after(() => demo?.stop());

it('a page shows the data that arrived, and says what did not', async () => {
  const client = apollo();
  const { result } = await prerenderStatic({
    tree: element(ApolloProvider, { client }, element(ProductPage, { id: '1' })),
    renderFunction: prerender,
  });
  assert.equal(
    result.replaceAll('<!-- -->', ''),
    '<main><h1>Vacuum flask</h1><p>sold by Northwind Outfitters</p><p>no quote: SOURCE_TIMEOUT</p></main>',
  );
});

function ProductPage({ id }) {
  const { data, error, loading } = useQuery(PRODUCT, { variables: { id }, errorPolicy: 'all' });
  if (loading) {
    return element('p', null, 'loading');
  }
  const { name, seller, shippingQuote } = data.product;
  return element(
    'main',
    null,
    element('h1', null, name),
    element('p', null, `sold by ${seller.name}`),
    element('p', null, shippingQuote ? `${shippingQuote.days} days` : `no quote: ${codesAt(error, 'product.shippingQuote')}`),
  );
}

function codesAt(error, path) {
  const errors = CombinedGraphQLErrors.is(error) ? error.errors : [];
  return errors.filter((one) => one.path.join('.') === path).map((one) => one.extensions.code).join();
}

for (const useGETForQueries of [false, true]) {
  it(`data and error are both there, and the cache is normalised, by ${useGETForQueries ? 'GET' : 'POST'}`, async () => {
    const client = apollo({ useGETForQueries });
    const { data, error } = await client.query({ query: PRODUCT, variables: { id: '1' }, errorPolicy: 'all' });
    assert.equal(data.product.name, 'Vacuum flask');
    assert.equal(data.product.shippingQuote, null);
    assert.equal(codesAt(error, 'product.shippingQuote'), 'SOURCE_TIMEOUT');

    const cache = client.extract();
    assert.equal(cache['Product:1'].name, 'Vacuum flask');
    const { __ref: seller } = cache['Product:1'].seller;
    assert.match(seller, /^Seller:\d+$/);
    assert.equal(cache[seller].name, 'Northwind Outfitters');
    assert.deepEqual(cache.ROOT_QUERY['product({"id":"1"})'], { __ref: 'Product:1' });
  });
}

it('without an error policy the same response is an error', async () => {
  await assert.rejects(apollo().query({ query: PRODUCT, variables: { id: '1' } }), CombinedGraphQLErrors.is);
});

it('a mistake in a query is told as errors, not as a broken response', async () => {
  const query = gql`
    {
      prodct {
        id
      }
    }
  `;
  const { data, error } = await apollo().query({ query, errorPolicy: 'all' });
  assert.equal(data, undefined);
  assert.deepEqual(error.errors.map((one) => one.extensions.code), ['GRAPHQL_VALIDATION_FAILED']);
});

it('a mutation changes what a query shows, through the cache alone', async () => {
  const client = apollo();
  const query = client.watchQuery({ query: ORDERS, variables: { customer: '6' } });
  const shown = [];
  let changed;
  const change = new Promise((resolve) => {
    changed = resolve;
  });
  const watching = query.subscribe(({ data, loading }) => {
    if (!loading && shown.push(data.customer.orders.map((one) => one.id)) === 2) {
      changed();
    }
  });
  try {
    await query.reobserve();
    const order = { productId: '1', customerId: '6' };
    const { data } = await client.mutate({ mutation: PLACE_ORDER, variables: { order } });
    const { id } = data.placeOrder;
    assert.equal(client.extract()[`Order:${id}`].customer.__ref, 'Customer:6');
    await change;
    const [first, second] = shown;
    assert.deepEqual(second.filter((one) => !first.includes(one)), [id]);
  } finally {
    watching.unsubscribe();
  }
});

it('fragments on an interface match by the possible types of introspection', async () => {
  const { data: types } = await ask(demo.url, '{ __schema { types { name possibleTypes { name } } } }');
  const abstract = types.__schema.types.filter((type) => type.possibleTypes);
  const possibleTypes = Object.fromEntries(abstract.map((type) => [type.name, type.possibleTypes.map((one) => one.name)]));
  const client = apollo({}, { possibleTypes });
  await client.query({ query: SEARCH, variables: { keyword: 'flask' } });
  const { search } = client.readQuery({ query: SEARCH, variables: { keyword: 'flask' } });
  assert.ok(search.every((found) => found.name.length > 0));
  assert.deepEqual(new Set(search.map((found) => found.__typename)), new Set(['Product', 'WebPage']));
});

function apollo(link = {}, cache = {}) {
  return new ApolloClient({ link: new HttpLink({ uri: demo.url, ...link }), cache: new InMemoryCache(cache) });
}
