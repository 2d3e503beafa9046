// graphql-codegen, told of the schema by the URL of the gateway.
const config = { scalars: { Decimal: 'string', DateTime: 'string' }, strictScalars: true, useTypeImports: true };

export default {
  schema: process.env.TRIBUTARY_URL,
  documents: ['codegen/program.ts'],
  importExtension: '.js',
  generates: {
    'codegen/generated/': { preset: 'client', config },
    'codegen/generated/schema.ts': { plugins: ['typescript'], config },
  },
};
