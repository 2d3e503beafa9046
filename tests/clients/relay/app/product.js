// Read by relay-compiler alone, which writes what the test imports.
import { graphql } from 'relay-runtime';

export const CARD = graphql`
  fragment product_card on Product {
    name
    seller {
      name
    }
    shippingQuote @catch(to: RESULT) {
      days
    }
  }
`;

export const QUERY = graphql`
  query productQuery($id: ID!) {
    product(id: $id) {
      ...product_card
    }
  }
`;
