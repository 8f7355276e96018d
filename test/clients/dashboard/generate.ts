import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { ROUTER_SUPPORTED_SUPERGRAPH_FEATURES, Supergraph } from '@apollo/federation-internals';
import { codegen } from '@graphql-codegen/core';
import * as documents from '@graphql-codegen/typed-document-node';
import * as operations from '@graphql-codegen/typescript-operations';
import { parse, printSchema } from 'graphql';
import { composeSupergraph } from '../../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../../gateway/supergraph/file.ts';

// Writes generated.ts: `node test/clients/dashboard/generate.ts` after dashboard.graphql or a contract has changed.

const root = resolve(import.meta.dirname, '../../..');

/** The file that this program writes. */
export const generatedFile = resolve(import.meta.dirname, 'generated.ts');

/** The types of dashboard.graphql by what the composed schema offers clients. Errors: what the schema hasn't. */
export async function generate(): Promise<string> {
  const { sdl } = await composeSupergraph(await readSupergraphFile(resolve(root, 'supergraph.yaml')));
  const supergraph = Supergraph.build(sdl, { supportedFeatures: ROUTER_SUPPORTED_SUPERGRAPH_FEATURES });
  const location = resolve(import.meta.dirname, 'dashboard.graphql');
  const text = await codegen({
    filename: generatedFile,
    schema: parse(printSchema(supergraph.apiSchema().toGraphQLJSSchema())),
    documents: [{ location, document: parse(readFileSync(location, 'utf8')) }],
    plugins: [{ 'typescript-operations': {} }, { 'typed-document-node': {} }],
    pluginMap: { 'typescript-operations': operations, 'typed-document-node': documents },
    config: {
      // On the wire all of them are texts: amounts stay exact.
      scalars: { DateTime: 'string', LocalDate: 'string', Decimal: `\`\${number}\``, Currency: 'string' },
      defaultScalarType: 'never',
      enumType: 'string-literal',
      useTypeImports: true,
      immutableTypes: true,
      documentMode: 'graphQLTag',
      gqlImport: '@apollo/client#gql',
    },
  });
  const biome = resolve(root, 'node_modules/.bin/biome');
  return execFileSync(biome, ['check', '--write', '--stdin-file-path', generatedFile], {
    cwd: root,
    input: `// Written by generate.ts.\n${text}`,
    encoding: 'utf8',
  });
}

if (import.meta.main) writeFileSync(generatedFile, await generate());
