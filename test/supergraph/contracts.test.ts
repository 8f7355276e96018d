import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isObjectType,
  Kind,
  parse,
  print,
  type TypeDefinitionNode,
} from 'graphql';
import { composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';

const root = resolve(import.meta.dirname, '../..');
const names = ['customers', 'orders', 'inventory', 'finance'];
const contracts = names.map((name) => readFileSync(resolve(root, `subgraphs/${name}/schema.graphql`), 'utf8'));

test('the contracts compose, and composition has nothing to remark', async () => {
  const { hints } = await composeSupergraph(await readSupergraphFile(resolve(import.meta.dirname, 'supergraph.yaml')));
  assert.deepEqual(hints, []);
});

test('value types that several contracts have are the same in each, to the letter', () => {
  const shared = new Map<string, Set<string>>();
  for (const contract of contracts) {
    for (const definition of parse(contract).definitions) {
      if (!('name' in definition) || definition.name === undefined || definition.kind === Kind.OBJECT_TYPE_EXTENSION)
        continue;
      const isEntity = (definition as TypeDefinitionNode).directives?.some(({ name }) => name.value === 'key');
      if (isEntity || definition.name.value === 'Query') continue;
      const texts = shared.get(definition.name.value) ?? new Set();
      shared.set(definition.name.value, texts.add(print(definition)));
    }
  }
  assert.ok(shared.has('Money') && shared.has('PageInfo'));
  assert.deepEqual(
    [...shared].filter(([, texts]) => texts.size > 1).map(([name]) => name),
    [],
  );
});

test('every type, field, input field and enum value is described by its owner', () => {
  const described = new Set<string>();
  const all = new Set<string>();
  const see = (place: string, description: string | null | undefined) => {
    all.add(place);
    if (description) described.add(place);
  };
  for (const contract of contracts) {
    for (const type of Object.values(buildSubgraphSchema(parse(contract)).getTypeMap())) {
      if (type.name.includes('__') || type.name.startsWith('_') || type.name === 'Query' || !type.astNode) continue;
      see(type.name, type.description);
      if (isEnumType(type)) for (const value of type.getValues()) see(`${type.name}.${value.name}`, value.description);
      if (isInputObjectType(type) || isObjectType(type) || isInterfaceType(type)) {
        for (const field of Object.values(type.getFields())) see(`${type.name}.${field.name}`, field.description);
      }
    }
  }
  assert.ok(all.size > 200, `${all.size} places`);
  assert.deepEqual(
    [...all].filter((place) => !described.has(place)),
    [],
  );
});
