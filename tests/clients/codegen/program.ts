// A program that trusts its generated types: the test compiles it, runs it against the demo, and reads what it prints. Where a line
// expects an error, the compiler fails if there is none, so types that would let anything pass are found out.
import { GraphQLClient } from 'graphql-request';

import { graphql } from './generated/index.js';
import type { NewOrder, OrderStatus } from './generated/schema.js';

const PRODUCT = graphql(`
  query Product($id: ID!) {
    product(id: $id) {
      __typename
      id
      name
      category
      seller { name }
      shippingQuote { days }
    }
    search(keyword: "flask") {
      __typename
      ... on WebPage { url }
      ... on Product { price }
    }
  }
`);

const PLACE_ORDER = graphql(`
  mutation PlaceOrder($order: NewOrder!) {
    placeOrder(order: $order) { id quantity status }
  }
`);

const client = new GraphQLClient(location(), { errorPolicy: 'all' });
const { product, search } = await client.request(PRODUCT, { id: '1' });
// @ts-expect-error The product may be null.
product.name;
// @ts-expect-error It was not asked for its price.
product?.price;
// @ts-expect-error The identifier is required.
client.request(PRODUCT, {}).catch(() => {});

const name: string | undefined = product?.name;
const days: number | undefined = product?.shippingQuote?.days;
const pages = (search ?? []).filter((found) => found.__typename === 'WebPage').map((page) => page.url);

// `quantity` has a default and may be left out; `customerId` may not.
const order: NewOrder = { productId: '1', customerId: '6' };
// @ts-expect-error
const incomplete: NewOrder = { productId: '1' };
const { placeOrder } = await client.request(PLACE_ORDER, { order });
const status: OrderStatus | `${OrderStatus}` | undefined = placeOrder?.status;

console.log(JSON.stringify({ name, category: product?.category, days: days ?? null, pages, quantity: placeOrder?.quantity, status }));

function location(): string {
  return (globalThis as unknown as { process: { argv: string[] } }).process.argv[2] ?? '';
}
