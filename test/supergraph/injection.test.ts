import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import {
  buildClientSchema,
  type GraphQLField,
  type GraphQLInputType,
  type GraphQLSchema,
  getIntrospectionQuery,
  getNamedType,
  getNullableType,
  type IntrospectionQuery,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
  isScalarType,
} from 'graphql';
import { type DatabaseServer, databases } from '../servers/databases.ts';
import { type Junction, startJunction } from './junction.ts';

// Text that would do harm where it was taken for more than text, at every place where a client can put some.

const hostile = [
  `' or '1'='1`,
  `x" or "1"="1`,
  `'; drop table sales_order; --`,
  `\\' or 1=1 #`,
  '1 or 1=1',
  '%',
  '_',
  '*',
  '\u0000',
  '</Id><Id>1</Id>',
  '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/passwd">]>&b;',
  '../../etc/passwd',
  'a&include_total=true#',
  'a\r\nX-Injected: 1',
  // biome-ignore lint/suspicious/noTemplateCurlyInString: what a template would take for a place to fill
  '${7*7}',
  '\ud800',
];

for (const { name, skip, start } of databases) {
  describe(`injection, shop and warehouse on ${name}`, { skip }, () => {
    let server: DatabaseServer | undefined;
    let junction: Junction;
    let schema: GraphQLSchema;
    before(async () => {
      server = await start();
      junction = await startJunction({ database: server });
      const { data } = await junction.ask(getIntrospectionQuery());
      schema = buildClientSchema(data as unknown as IntrospectionQuery);
    });
    after(async () => {
      await junction?.close();
      await server?.stop();
    });

    const roots = () => Object.values(schema.getQueryType()?.getFields() ?? {});
    const isConnection = (field: GraphQLField<unknown, unknown>) =>
      getNamedType(field.type).name.endsWith('Connection');

    /** Asks with each hostile text; all that may come is nothing, or that the text can't be looked for. */
    async function findsNothing(query: string, nothing: unknown): Promise<void> {
      for (const text of hostile) {
        const { data, errors } = await junction.ask(query, { text });
        const place = `${query} with ${JSON.stringify(text)}`;
        for (const error of errors ?? [])
          assert.equal(error.extensions?.code, 'BAD_USER_INPUT', `${place}: ${error.message}`);
        if (!errors) assert.deepEqual(data, { found: nothing }, place);
      }
    }

    test('in every look-up', async () => {
      const lookUps = roots().filter((field) => isObjectType(getNullableType(field.type)) && !isConnection(field));
      assert.ok(lookUps.length >= 8, `${lookUps.length} look-ups`);
      for (const { name: field, args } of lookUps) {
        const [argument] = args;
        if (!argument) continue;
        await findsNothing(
          `query($text: ${argument.type}) { found: ${field}(${argument.name}: $text) { __typename } }`,
          null,
        );
      }
    });

    test('in every filter', async () => {
      let asked = 0;
      for (const field of roots().filter(isConnection)) {
        const filter = field.args.find(({ name: argument }) => argument === 'filter');
        for (const { name: condition, value, scalar } of filter ? conditionsOf(filter.type) : []) {
          asked += 1;
          const query = `query($text: ${scalar}!) { found: ${field.name}(filter: { ${condition}: ${value} }) { totalCount } }`;
          await findsNothing(query, { totalCount: 0 });
        }
      }
      assert.ok(asked >= 2, `${asked} filters`);
    });

    test('in every cursor', async () => {
      for (const field of roots().filter(isConnection)) {
        const { data } = await junction.ask(`{ found: ${field.name}(first: 1) { pageInfo { endCursor } } }`);
        const { found } = data as unknown as { found: { pageInfo: { endCursor: string } } };
        const [mark, ...position] = JSON.parse(Buffer.from(found.pageInfo.endCursor, 'base64url').toString());
        for (const text of hostile) {
          for (const i of position.keys()) {
            const forged = [mark, ...position.toSpliced(i, 1, text)];
            const after = Buffer.from(JSON.stringify(forged)).toString('base64url');
            const query = `query($after: String) { found: ${field.name}(first: 100, after: $after) { nodes { __typename } } }`;
            const { data: page, errors } = await junction.ask(query, { after });
            // A place in the order may lie anywhere: then the page behind it comes, or an empty one.
            for (const error of errors ?? [])
              assert.equal(error.extensions?.code, 'BAD_USER_INPUT', JSON.stringify(forged));
            if (!errors) assert.ok(Array.isArray((page as unknown as Found).found.nodes), JSON.stringify(forged));
          }
        }
      }
    });

    test('what is there is still there', async () => {
      const { data } = await junction.ask('{ orders { totalCount } products { totalCount } customers { totalCount } }');
      assert.deepEqual(data, {
        orders: { totalCount: 20000 },
        products: { totalCount: 500 },
        customers: { totalCount: 2000 },
      });
    });
  });
}

interface Found {
  readonly found: { readonly nodes: readonly unknown[] };
}

/** The conditions of a filter that take text, with the place of the text in each. */
function conditionsOf(type: GraphQLInputType): { name: string; value: string; scalar: string }[] {
  const named = getNamedType(type);
  if (!isInputObjectType(named)) return [];
  return Object.values(named.getFields()).flatMap(({ name, type: condition }) => {
    const scalar = getNamedType(condition);
    if (!isScalarType(scalar) || !['String', 'ID', 'Currency'].includes(scalar.name)) return [];
    const isList = isListType(isNonNullType(condition) ? condition.ofType : condition);
    return [{ name, value: isList ? '[$text]' : '$text', scalar: scalar.name }];
  });
}
