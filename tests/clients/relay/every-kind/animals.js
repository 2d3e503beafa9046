// Read by relay-compiler alone, against a schema that has everything. `lives` and `step` stand in extensions of their types.
import { graphql } from 'relay-runtime';

export const ANIMAL = graphql`
  fragment animals_living on Living @argumentDefinitions(unit: { type: "Unit!", defaultValue: MOONS }) {
    __typename
    id
    name
    age(in: $unit)
    ... on Cat {
      lives
    }
  }
`;

export const QUERY = graphql`
  query animalsQuery($filter: Filter = { ranges: [{ from: 1, step: 2 }] }, $by: Choice) {
    animals(filter: $filter, by: $by, order: [LOW]) {
      ...animals_living @alias
    }
  }
`;
