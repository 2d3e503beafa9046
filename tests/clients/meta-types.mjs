// The schema of introspection as the September 2025 edition gives it (section 4.2), without the order of fields: that is nobody's
// business.

export const META_TYPES = {
  __Schema: `
    description: String
    directives: [__Directive!]!
    mutationType: __Type
    queryType: __Type!
    subscriptionType: __Type
    types: [__Type!]!
  `,
  __Type: `
    description: String
    enumValues(includeDeprecated: Boolean! = false): [__EnumValue!]
    fields(includeDeprecated: Boolean! = false): [__Field!]
    inputFields(includeDeprecated: Boolean! = false): [__InputValue!]
    interfaces: [__Type!]
    isOneOf: Boolean
    kind: __TypeKind!
    name: String
    ofType: __Type
    possibleTypes: [__Type!]
    specifiedByURL: String
  `,
  __Field: `
    args(includeDeprecated: Boolean! = false): [__InputValue!]!
    deprecationReason: String
    description: String
    isDeprecated: Boolean!
    name: String!
    type: __Type!
  `,
  __InputValue: `
    defaultValue: String
    deprecationReason: String
    description: String
    isDeprecated: Boolean!
    name: String!
    type: __Type!
  `,
  __EnumValue: `
    deprecationReason: String
    description: String
    isDeprecated: Boolean!
    name: String!
  `,
  __Directive: `
    args(includeDeprecated: Boolean! = false): [__InputValue!]!
    description: String
    isRepeatable: Boolean!
    locations: [__DirectiveLocation!]!
    name: String!
  `,
  __TypeKind: `
    ENUM
    INPUT_OBJECT
    INTERFACE
    LIST
    NON_NULL
    OBJECT
    SCALAR
    UNION
  `,
  __DirectiveLocation: `
    ARGUMENT_DEFINITION
    ENUM
    ENUM_VALUE
    FIELD
    FIELD_DEFINITION
    FRAGMENT_DEFINITION
    FRAGMENT_SPREAD
    INLINE_FRAGMENT
    INPUT_FIELD_DEFINITION
    INPUT_OBJECT
    INTERFACE
    MUTATION
    OBJECT
    QUERY
    SCALAR
    SCHEMA
    SUBSCRIPTION
    UNION
    VARIABLE_DEFINITION
  `,
};

/** The lines of a type, as they stand above. */
export function printMetaType(type) {
  const members = type.kind === 'ENUM' ? type.enumValues.map((value) => value.name) : type.fields.map(printField);
  return members.sort();
}

function printField({ name, args, type }) {
  const printed = args.map((one) => `${one.name}: ${printType(one.type)} = ${one.defaultValue}`).join(', ');
  return `${name}${printed === '' ? '' : `(${printed})`}: ${printType(type)}`;
}

function printType(type) {
  switch (type.kind) {
    case 'NON_NULL':
      return `${printType(type.ofType)}!`;
    case 'LIST':
      return `[${printType(type.ofType)}]`;
    default:
      return type.name;
  }
}
