import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { test } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  isEnumType,
  isInputObjectType,
  isInterfaceType,
  isNonNullType,
  isObjectType,
  Kind,
  parse,
  print,
  type TypeDefinitionNode,
} from 'graphql';
import { demoCallers } from '../../gateway/access/identity/demo-callers.ts';
import { composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { chainsIn } from './access-matrix-asked.ts';
import { MatrixRules } from './access-matrix-rules.ts';

/** All scopes that the demo callers have. */
const scopes = [...new Set(demoCallers.flatMap((caller) => caller.scopes))];
/** Somebody with every scope but one, for each; somebody with none; nobody. */
const lacking = [
  ...scopes.map((one) => ({ scopes: scopes.filter((each) => each !== one) })),
  { scopes: [] },
  undefined,
];

const root = resolve(import.meta.dirname, '../..');
const names = ['customers', 'orders', 'inventory', 'finance'];
const contracts = names.map((name) => readFileSync(resolve(root, `subgraphs/${name}/schema.graphql`), 'utf8'));

const { sdl, hints } = await composeSupergraph(
  await readSupergraphFile(resolve(import.meta.dirname, 'supergraph.yaml')),
);
const rules = new MatrixRules(sdl);
const chains = chainsIn(rules);

test('the contracts compose, and composition has nothing to remark', () => {
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

test('nothing is open to somebody who does not say who they are', () => {
  const open = Object.keys(rules.schema.getQueryType()?.getFields() ?? {}).filter(
    (name) => rules.lacks(undefined, 'Query', name).length === 0,
  );
  assert.deepEqual(open, []);
});

test('every scope that a rule wants is one that a demo caller has', () => {
  const wanted = chains.flatMap((chain) => chain.flatMap(({ type, name }) => rules.lacks({ scopes: [] }, type, name)));
  assert.deepEqual([...new Set(wanted)].sort(), scopes.toSorted());
});

test('whoever may ask for a page may ask for its items: their number and their cursors tell of them', () => {
  const leaks = new Set<string>();
  for (const asking of lacking) {
    for (const chain of chains) {
      const refused = chain.filter(({ type, name }) => rules.lacks(asking, type, name).length > 0);
      const last = chain.at(-1);
      if (refused.length === 1 && refused[0] === last && /(Connection|Edge)$/.test(last?.type ?? '')) {
        leaks.add(chain.map(({ type, name }) => `${type}.${name}`).join(' '));
      }
    }
  }
  assert.deepEqual([...leaks], []);
});

test('what somebody is refused may be null, so that what they may see of the object stays', () => {
  const required = new Set<string>();
  for (const asking of lacking) {
    for (const chain of chains) {
      const first = chain.find(({ type, name }) => rules.lacks(asking, type, name).length > 0);
      if (first && isNonNullType(rules.outputOf(first.type, first.name))) required.add(`${first.type}.${first.name}`);
    }
  }
  assert.deepEqual([...required], []);
});
