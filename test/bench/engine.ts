import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type DocumentNode, execute, type GraphQLSchema, parse } from 'graphql';
import * as data from './data.ts';

/** The bench's subgraphs, by name. */
export const subgraphNames = ['customers', 'orders', 'inventory', 'finance'] as const;

export type SubgraphName = (typeof subgraphNames)[number];

type Reference = Readonly<Record<string, never>> & {
  readonly id: string;
  readonly sku: string;
  readonly lines?: readonly data.RequiredLine[];
  readonly total?: data.Money;
};

/** The root fields, of all subgraphs together. */
export const rootValue = {
  customer: ({ id }: { id: string }) => data.customer(id),
  region: ({ id }: { id: string }) => data.region(id),
  order: ({ id }: { id: string }) => data.order(id),
  product: ({ sku }: { sku: string }) => data.product(sku),
  warehouse: ({ code }: { code: string }) => data.warehouse(code),
  overdueInvoices: data.overdueInvoices,
};

/** Entities by their keys. What `@requires` gives is used, so that a wrong representation makes a wrong answer. */
const references = {
  Customer: { __resolveReference: ({ id }: Reference) => data.customer(id) },
  Order: {
    __resolveReference: ({ id, lines, total }: Reference) => ({
      ...data.order(id),
      canShip: () => (lines ? data.canShip(lines) : null),
      margin: () => (lines && total ? data.margin(total, lines) : null),
    }),
  },
  OrderLine: { __resolveReference: ({ id }: Reference) => data.line(id) },
  Product: { __resolveReference: ({ sku }: Reference) => data.product(sku) },
  Invoice: { __resolveReference: ({ id }: Reference) => data.invoice(id) },
};

/** A subgraph's schema as the gateways get it. */
export function subgraphSdl(name: SubgraphName): string {
  return readFileSync(resolve(import.meta.dirname, 'schema', `${name}.graphql`), 'utf8');
}

/** A subgraph that can be executed. */
export function subgraphSchema(name: SubgraphName): GraphQLSchema {
  const typeDefs = parse(subgraphSdl(name));
  const own = new Set(typeDefs.definitions.flatMap((each) => ('name' in each && each.name ? [each.name.value] : [])));
  const resolvers = Object.fromEntries(Object.entries(references).filter(([type]) => own.has(type)));
  return buildSubgraphSchema([{ typeDefs, resolvers }]);
}

/** Executes operations on a schema; each text is parsed once. */
export class Engine {
  readonly #schema: GraphQLSchema;
  readonly #documents = new Map<string, DocumentNode>();

  constructor(schema: GraphQLSchema) {
    this.#schema = schema;
  }

  async execute(query: string, variables: Record<string, unknown> = {}, operationName?: string | null) {
    let document = this.#documents.get(query);
    if (!document) {
      document = parse(query, { noLocation: true });
      this.#documents.set(query, document);
    }
    return execute({
      schema: this.#schema,
      document,
      variableValues: variables,
      operationName: operationName ?? null,
      rootValue,
    });
  }
}
