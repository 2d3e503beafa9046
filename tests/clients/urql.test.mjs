// urql, which names server-sent events and multipart bodies in every request and still wants JSON.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { Client, cacheExchange, fetchExchange, gql } from '@urql/core';

import { serveDemo } from './program.mjs';

const PRODUCT = gql`
  query Product($id: ID!) {
    product(id: $id) {
      id
      name
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
      }
    }
  }
`;

let demo;
before(async () => {
  demo = await serveDemo();
});
after(() => demo?.stop());

for (const preferGetMethod of [false, 'force']) {
  it(`data and error are both there, by ${preferGetMethod ? 'GET' : 'POST'}`, async () => {
    const { client, exchanges } = urql({ preferGetMethod });
    const { data, error } = await client.query(PRODUCT, { id: '1' }).toPromise();
    assert.equal(data.product.name, 'Vacuum flask');
    assert.equal(data.product.shippingQuote, null);
    assert.equal(error.networkError, undefined);
    assert.deepEqual(error.graphQLErrors.map((one) => one.path), [['product', 'shippingQuote']]);
    assert.deepEqual(error.graphQLErrors.map((one) => one.extensions.code), ['SOURCE_TIMEOUT']);

    const [{ accept, method, status, contentType }] = exchanges;
    assert.match(accept, /text\/event-stream/);
    assert.equal(method, preferGetMethod ? 'GET' : 'POST');
    assert.equal(status, 200);
    assert.match(contentType, /^application\/graphql-response\+json/);
  });
}

it('a mistake in a query is told as errors, and no failure of the network', async () => {
  const { client, exchanges } = urql({});
  const { data, error } = await client.query('{ prodct { id } }', {}).toPromise();
  assert.equal(data, undefined);
  assert.equal(error.networkError, undefined);
  assert.deepEqual(error.graphQLErrors.map((one) => one.extensions.code), ['GRAPHQL_VALIDATION_FAILED']);
  assert.equal(exchanges[0].status, 400);
});

it('a mutation makes the queries that show the same types ask again', async () => {
  const { client } = urql({});
  const shown = [];
  let changed;
  const change = new Promise((resolve) => {
    changed = resolve;
  });
  const watching = client.query(ORDERS, { customer: '7' }).subscribe(({ data, stale }) => {
    if (!stale && shown.push(data.customer.orders.map((one) => one.id)) === 2) {
      changed();
    }
  });
  try {
    await client.query(ORDERS, { customer: '7' }).toPromise();
    const order = { productId: '1', customerId: '7' };
    const { data } = await client.mutation(PLACE_ORDER, { order }).toPromise();
    await change;
    const [first, second] = shown;
    assert.deepEqual(second.filter((one) => !first.includes(one)), [data.placeOrder.id]);
  } finally {
    watching.unsubscribe();
  }
});

/** A client, and what went over the wire. */
function urql(options) {
  const exchanges = [];
  const recorded = async (url, init) => {
    const response = await fetch(url, init);
    const { headers, method } = new Request(url, init);
    exchanges.push({
      accept: headers.get('accept'),
      method,
      status: response.status,
      contentType: response.headers.get('content-type'),
    });
    return response;
  };
  const client = new Client({
    url: demo.url,
    exchanges: [cacheExchange, fetchExchange],
    preferGetMethod: false,
    ...options,
    fetch: recorded,
  });
  return { client, exchanges };
}
