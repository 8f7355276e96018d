import { type GraphQLObjectType, getNamedType, isObjectType } from 'graphql';
import type { MatrixRules } from './access-matrix-rules.ts';

/** A field that is asked for. */
export interface Asked {
  /** In the answer. */
  readonly key: string;
  readonly name: string;
  /** `(first: 1)`, or nothing. */
  readonly args: string;
  /** Of an object. */
  readonly below?: readonly Asked[];
}

/** The fields from the root to the one that it is about, by type and name. */
export type Chain = readonly { readonly type: string; readonly name: string }[];

/** The ways to write the same. */
export const shapes = ['plain', 'aliased', 'beside', 'spread', 'inline'] as const;
export type Shape = (typeof shapes)[number];

/** One that has a bit of everything, in each system. */
const samples: Readonly<Record<string, string>> = {
  'Query.customer': '(id: "11473")',
  'Query.customerByEmail': '(email: "lena.jager.11473@example.net")',
  'Query.customerByPhone': '(phone: "+49302122176")',
  'Query.order': '(id: "19338")',
  'Query.orderByNumber': '(number: "W100019338")',
  'Query.supportCases': '(first: 1, filter: { status: [CLOSED] })',
  'Query.orderTotals': '(periods: [{ from: "2026-01-01T00:00:00Z", before: "2026-02-01T00:00:00Z" }])',
  'Query.product': '(sku: "RUG-0038")',
  'Query.warehouse': '(code: "LYO")',
  'Query.invoice': '(id: "1400038675")',
  'Query.invoiceByNumber': '(number: "RE-2026-038675")',
};

/** Every field of every object, by every field that gives such an object: for each such pair the shortest chain. */
export function chainsIn({ schema, objects }: MatrixRules): readonly Chain[] {
  const ways = new Map<string, Chain>([['Query', []]]);
  const chains: Chain[] = [];
  const queue = ['Query'];
  const into = new Map<string, Chain[]>([['Query', [[]]]]);
  for (let type = queue.shift(); type !== undefined; type = queue.shift()) {
    for (const { name, type: given } of Object.values((schema.getType(type) as GraphQLObjectType).getFields())) {
      const output = getNamedType(given);
      if (!isObjectType(output)) continue;
      const chain = [...(ways.get(type) ?? []), { type, name }];
      into.set(output.name, [...(into.get(output.name) ?? []), chain]);
      if (ways.has(output.name)) continue;
      ways.set(output.name, chain);
      queue.push(output.name);
    }
  }
  for (const type of objects) {
    for (const way of into.get(type.name) ?? []) {
      for (const name of Object.keys(type.getFields())) chains.push([...way, { type: type.name, name }]);
    }
  }
  return chains;
}

/** What asks for all of the chains; of an object at the end of one, its type. */
export function askedFor(rules: MatrixRules, chains: readonly Chain[]): readonly Asked[] {
  const byName = new Map<string, Chain[]>();
  for (const chain of chains) {
    const name = chain[0]?.name;
    if (name !== undefined) byName.set(name, [...(byName.get(name) ?? []), chain]);
  }
  return [...byName].map(([name, through]) => {
    const type = through[0]?.[0]?.type as string;
    const output = getNamedType(rules.outputOf(type, name));
    const args = samples[`${type}.${name}`] ?? (output.name.endsWith('Connection') ? '(first: 1)' : '');
    if (!isObjectType(output)) return { key: name, name, args };
    const below = askedFor(
      rules,
      through.map((chain) => chain.slice(1)).filter((chain) => chain.length > 0),
    );
    return { key: name, name, args, below: below.length > 0 ? below : [typename] };
  });
}

const typename: Asked = { key: '__typename', name: '__typename', args: '' };

/** What is asked for in a shape: with other keys, or with something more beside it, or the same. */
export function shaped(asked: readonly Asked[], shape: Shape): readonly Asked[] {
  const all = asked.map(({ below, ...field }, i): Asked => {
    // The name of another field, if there is another one: the right to that one doesn't help.
    const other = asked[(i + 1) % asked.length]?.name;
    const key =
      shape !== 'aliased' || field.name === '__typename' ? field.key : `${other === field.name ? 'its_' : ''}${other}`;
    return { ...field, key, ...(below && { below: shaped(below, shape) }) };
  });
  return shape === 'beside' && !asked.includes(typename) ? [typename, ...all] : all;
}

/** The text in a shape. */
export function textOf(rules: MatrixRules, asked: readonly Asked[], shape: Shape): string {
  const fragments: string[] = [];
  const set = (fields: readonly Asked[], type: string): string => {
    const inner = fields
      .map(({ key, name, args, below }) => {
        const inner = below ? ` { ${set(below, getNamedType(rules.outputOf(type, name)).name)} }` : '';
        return `${key === name ? '' : `${key}: `}${name}${args}${inner}`;
      })
      .join(' ');
    if (shape === 'inline') return `... on ${type} { ... @include(if: true) { ${inner} } }`;
    if (shape !== 'spread') return inner;
    const fragment = `F${fragments.length}`;
    fragments.push(`fragment ${fragment} on ${type} { ${inner} }`);
    return `...${fragment}`;
  };
  return [`{ ${set(asked, 'Query')} }`, ...fragments].join('\n');
}
