// graphql-request, which throws what it can and returns what it is told to.
import assert from 'node:assert/strict';
import { after, before, it } from 'node:test';

import { ClientError, GraphQLClient, gql } from 'graphql-request';

import { serveDemo } from './program.mjs';

const PRODUCT = gql`
  query Product($id: ID!) {
    product(id: $id) {
      name
      shippingQuote {
        days
      }
    }
  }
`;

const PARTIAL = { product: { name: 'Vacuum flask', shippingQuote: null } };

let demo;
before(async () => {
  demo = await serveDemo();
});
after(() => demo?.stop());

for (const method of ['POST', 'GET']) {
  it(`data and errors are both there, by ${method}`, async () => {
    const client = new GraphQLClient(demo.url, { errorPolicy: 'all', method });
    const { data, errors, status } = await client.rawRequest(PRODUCT, { id: '1' });
    assert.equal(status, 200);
    assert.deepEqual(data, PARTIAL);
    assert.deepEqual(errors.map((one) => [one.path.join('.'), one.extensions.code]), [
      ['product.shippingQuote', 'SOURCE_TIMEOUT'],
    ]);
  });
}

it('what is thrown without an error policy has both too', async () => {
  await assert.rejects(new GraphQLClient(demo.url).request(PRODUCT, { id: '1' }), (error) => {
    assert.ok(error instanceof ClientError);
    assert.deepEqual(error.response.data, PARTIAL);
    assert.equal(error.response.errors[0].extensions.code, 'SOURCE_TIMEOUT');
    return true;
  });
});

it('a mistake in a query is thrown with its errors', async () => {
  await assert.rejects(new GraphQLClient(demo.url).request('{ prodct { id } }'), (error) => {
    assert.ok(error instanceof ClientError);
    assert.equal(error.response.data, undefined);
    assert.equal(error.response.errors[0].extensions.code, 'GRAPHQL_VALIDATION_FAILED');
    return true;
  });
});

it('a mutation is answered', async () => {
  const mutation = gql`
    mutation PlaceOrder($order: NewOrder!) {
      placeOrder(order: $order) {
        total
        quantity
      }
    }
  `;
  const order = { productId: '1', customerId: '6', quantity: 2 };
  const { placeOrder } = await new GraphQLClient(demo.url).request(mutation, { order });
  assert.deepEqual(placeOrder, { total: '69.00', quantity: 2 });
});
