import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Supergraph } from '@apollo/federation-internals';
import fc from 'fast-check';
import { type JudgedField, judge } from '../../gateway/access/explain/judge.ts';
import { treeText } from '../../gateway/access/explain/text.ts';
import { Planner } from '../../gateway/operations/planner.ts';
import type { Program } from '../../gateway/operations/program.ts';
import { demandOf, type Rule } from '../../gateway/operations/rule.ts';
import { composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { Guards, scopes } from '../execution/guards.ts';
import { operations } from '../execution/operations.ts';
import { composeTest } from '../execution/supergraphs/compose.ts';
import { media } from '../execution/supergraphs/media.ts';
import { shop } from '../execution/supergraphs/shop.ts';
import { writeOperation } from '../execution/write-operation.ts';

const queries = new URL('../../gateway/console/queries/', import.meta.url);

/** What becomes of an operation where these scopes are missing, as it is explained and as it is planned. */
function both(planner: Planner, query: string, missing: ReadonlySet<string>) {
  const isMet = (rule: Rule) =>
    rule.kind === 'authenticated' || rule.anyOf.some((all) => all.every((name) => !missing.has(name)));
  const explanation = planner.explain(query, undefined);
  assert.equal(explanation.kind, 'explained', query);
  if (explanation.kind !== 'explained') throw new Error('It is explained.');
  const denied = planner.rules.filter((rule) => !isMet(rule)).map(({ id }) => id);
  const planning = planner.plan(query, undefined, denied.sort().join());
  if (planning.kind !== 'planned') return undefined;
  const { refusals = [] }: Program = JSON.parse(planning.program);
  return { fields: judge(explanation.fields, isMet, explanation.operation === 'mutation'), refusals };
}

/** Where something is refused first: below that, nobody asks. */
function refusedAt(fields: readonly JudgedField[], path: readonly string[] = []): string[][] {
  return fields.flatMap(({ key, verdict, fields: below }) => {
    const here = [...path, key];
    if (verdict === 'refused') return [here];
    return [...(verdict === 'partly' ? [here] : []), ...refusedAt(below, here)];
  });
}

/** Refusals are told no further than to a list, and of an object of a refused type as a whole. */
function isWithin(path: readonly string[], outer: readonly string[]): boolean {
  return outer.every((key, index) => path[index] === key);
}

test('what is said to be refused is what is refused: the ready-made queries, for whoever lacks any scope', async () => {
  const file = await readSupergraphFile(new URL('../supergraph/supergraph.yaml', import.meta.url).pathname);
  const planner = await Planner.load((await composeSupergraph(file)).sdl);
  const all = [...new Set(planner.rules.flatMap((rule) => (rule.kind === 'scopes' ? rule.anyOf.flat() : [])))];
  let refused = 0;
  for (const name of readdirSync(queries)) {
    const query = readFileSync(new URL(name, queries), 'utf8');
    for (const missing of [[], ...all.map((scope) => [scope]), all]) {
      const result = both(planner, query, new Set(missing));
      const told = result?.refusals.map(({ path }) => path.join('.'));
      assert.deepEqual(
        refusedAt(result?.fields ?? []).map((path) => path.join('.')),
        told,
        `${name} without ${missing.join(' ')}`,
      );
      refused += told?.length ?? 0;
    }
  }
  assert.ok(refused > 20, `${refused} refusals`);
});

for (const supergraph of [shop, media]) {
  test(`what is said to be refused is what is refused: generated operations on ${supergraph.name}`, async () => {
    const composed = composeTest(supergraph);
    const guards = new Guards(Object.values(supergraph.families ?? {}).flat());
    const planner = await Planner.load(guards.addTo(composed.sdl));
    const schema = Supergraph.build(composed.sdl).apiSchema().toGraphQLJSSchema();
    const count = { operations: 0, refused: 0, partly: 0 };
    const property = fc.property(
      operations(schema, { aliases: 'apart' }),
      fc.subarray([...scopes], { minLength: 1 }),
      (draft, missing) => {
        // Nothing is known of variables here: what they skip is explained as well.
        const query = writeOperation(schema, draft).query.replaceAll(/@(skip|include)\(if: ?[^)]*\)/g, '');
        if (planner.explain(query, undefined).kind === 'refused') return;
        const result = both(planner, query, new Set(missing));
        if (!result || result.refusals.length === 100) return;
        const explained = refusedAt(result.fields);
        const told = result.refusals.map(({ path }) => path);
        const message = `${query}\nwithout ${missing}\n${JSON.stringify(explained)}\n${JSON.stringify(told)}`;
        for (const path of explained)
          assert.ok(
            told.some((outer) => isWithin(path, outer)),
            message,
          );
        for (const outer of told)
          assert.ok(
            explained.some((path) => isWithin(path, outer)),
            message,
          );
        count.operations += 1;
        if (told.length > 0) count.refused += 1;
        if (JSON.stringify(result.fields).includes('"partly"')) count.partly += 1;
      },
    );
    fc.assert(property, { numRuns: 300, seed: 20_261 });
    assert.ok(count.operations > 60 && count.refused > 15, JSON.stringify(count));
  });
}

const library = {
  name: 'library',
  subgraphs: {
    library: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9",
      import: ["@key", "@authenticated", "@requiresScopes", "@policy"])
type Query {
  media: [Media!]
  book: Book
  loan: Loan
}
type Mutation { borrow: Borrowed }
interface Media { id: ID! price: Int place: String }
type Book implements Media { id: ID! price: Int @requiresScopes(scopes: [["price"], ["shop", "staff"]]) place: String }
type Film implements Media @policy(policies: [["adult"]]) { id: ID! price: Int place: String }
type Song implements Media { id: ID! price: Int place: String }
type Loan @authenticated { due: Day! fee: Int! @requiresScopes(scopes: [["fee"]]) }
scalar Day @requiresScopes(scopes: [["day"]])
type Borrowed { loan: Loan }
`,
  },
};

async function explained(query: string, unmet: readonly string[]): Promise<string> {
  const planner = await Planner.load(composeTest(library).sdl);
  const explanation = planner.explain(query, undefined);
  if (explanation.kind === 'refused') throw new Error(JSON.stringify(explanation.errors));
  const isMet = (rule: Rule) => !unmet.some((word) => demandOf(rule).includes(word));
  return treeText(judge(explanation.fields, isMet, explanation.operation === 'mutation'));
}

test('a tree says of each field what becomes of it, by which rule, and where that stands', async () => {
  const query = `query($v: Boolean!) {
    all: media { __typename ...Known ... on Song { price } ... on Film { place } }
    loan @include(if: $v) { due fee }
    gone: loan @skip(if: true) { due }
    book { id p: price @skip(if: $v) }
  }
  fragment Known on Media { id ... on Book { price } }`;
  assert.equal(
    await explained(query, ['price', 'adult', 'fee']),
    `✓ all: media
  ~ __typename
    ✓ of Book
    ✗ of Film   requires the policy adult (type Film)
    ✓ of Song
  ~ id
    ✓ of Book
    ✗ of Film   requires the policy adult (type Film)
    ✓ of Song
  ~ price
    ✗ of Book   requires the scope price, or the scopes shop and staff (field Book.price)
    ✓ of Song
  ✗ place       requires the policy adult (type Film)
✓ loan          authentication (type Loan)
  ✓ due         the scope day (type Day)
  ✗ fee         requires the scope fee (field Loan.fee); it may not be null, so its object is
✓ book
  ✓ id
  ✗ p: price    requires the scope price, or the scopes shop and staff (field Book.price)

3 of 11 fields are not answered. 3 of 11 fields are answered for some types only. Missing: the policy adult; the scope price, or the scopes shop and staff; the scope fee.
`,
  );
});

test('what stands in something refused is not asked for, and neither is what has nothing left', async () => {
  assert.equal(
    await explained('{ loan { due fee } book { price } }', ['authentication', 'price', 'day']),
    `✗ loan     requires authentication (type Loan)
  ✗ due    requires the scope day (type Day)
  – fee    the scope fee (field Loan.fee)
– book     null: all below it is refused
  ✗ price  requires the scope price, or the scopes shop and staff (field Book.price)

5 of 5 fields are not answered. Missing: authentication; the scope day; the scope price, or the scopes shop and staff.
`,
  );
  // A mutation is carried out all the same.
  assert.match(await explained('mutation { borrow { loan { due } } }', ['authentication']), /^✓ borrow\n {2}✗ loan/);
});
