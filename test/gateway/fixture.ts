import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLSchema, graphql, parse } from 'graphql';
import { openToAll } from '../../gateway/access/access.ts';
import { createServer, type GatewayServer, type ServerOptions } from '../../gateway/server.ts';
import { composeSupergraph, type Supergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { createGateway, type Gateway } from '../../gateway/supergraph/gateway.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { httpTransport } from '../../gateway/transport/http.ts';
import { type EmbeddedSubgraph, inProcessTransport } from '../../gateway/transport/in-process.ts';

/** The schemas of two small subgraphs, by name. */
export const typeDefs = {
  customers: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query {
  customer(id: ID!): Customer
  customers: [Customer!]!
}
type Customer @key(fields: "id") {
  id: ID!
  name: String!
}
`,
  orders: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query {
  order(id: ID!): Order
}
type Order @key(fields: "id") {
  id: ID!
  total: Int
  customer: Customer
}
type Customer @key(fields: "id") {
  id: ID!
  orders: [Order!]
}
`,
} as const;

export type SubgraphName = keyof typeof typeDefs;

type Resolvers = Record<string, Record<string, (parent: never, args: never) => unknown>>;

/** What the two subgraphs know. */
export const resolvers: Record<SubgraphName, Resolvers> = {
  customers: {
    Query: {
      customer: (_parent, { id }: { id: string }) => customers.find((customer) => customer.id === id) ?? null,
      customers: () => customers,
    },
    Customer: { __resolveReference: ({ id }: { id: string }) => customers.find((customer) => customer.id === id) },
  },
  orders: {
    Query: { order: (_parent, { id }: { id: string }) => orderOf(id) },
    Order: { __resolveReference: ({ id }: { id: string }) => orderOf(id) },
    Customer: { orders: ({ id }: { id: string }) => [orderOf(`${id}0`), orderOf(`${id}1`)] },
  },
};

const customers = [
  { id: '1', name: 'Ada' },
  { id: '2', name: 'Grace' },
];

function orderOf(id: string) {
  return { id, total: Number(id), customer: { id: id.slice(0, -1) } };
}

/** A subgraph's schema, with other resolvers where a test needs them. */
export function subgraphSchema(name: SubgraphName, other: Resolvers = resolvers[name]): GraphQLSchema {
  return buildSubgraphSchema([{ typeDefs: parse(typeDefs[name]), resolvers: other as never }]);
}

/** A subgraph inside the process. */
export function embedded(schema: GraphQLSchema): EmbeddedSubgraph {
  return {
    execute: async ({ query, operationName, variables }) =>
      (await graphql({
        schema,
        source: query,
        operationName: operationName ?? null,
        variableValues: variables ?? {},
      })) as Awaited<ReturnType<EmbeddedSubgraph['execute']>>,
    health: async () => ({ name: 'memory', kind: 'map', status: 'up', latencyMs: 0 }),
  };
}

/** A subgraph as an HTTP server. Returns its URL; it's stopped when the test ends. */
export async function served(t: TestContext, answer: GraphQLSchema | Answer): Promise<string> {
  const respond = typeof answer === 'function' ? answer : graphqlAnswer(answer);
  const server = createHttpServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    await respond(Buffer.concat(chunks).toString(), response, request);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/graphql`;
}

/** Answers one request to a subgraph. */
export type Answer = (body: string, response: ServerResponse, request: IncomingMessage) => unknown;

function graphqlAnswer(schema: GraphQLSchema): Answer {
  const subgraph = embedded(schema);
  return async (body, response, { url }) => {
    if (url !== '/graphql') return response.writeHead(404).end('Not found');
    const signal = new AbortController().signal;
    const result = await subgraph.execute(JSON.parse(body), { signal, requestId: '' });
    return response.setHeader('content-type', 'application/json').end(JSON.stringify(result));
  };
}

/** A folder with these files, removed when the test ends. */
export async function folderWith(t: TestContext, files: Record<string, string>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'junction-'));
  t.after(() => rm(folder, { recursive: true }));
  await Promise.all(Object.entries(files).map(([name, text]) => writeFile(join(folder, name), text)));
  return folder;
}

/** Composes subgraphs that are reached at these URLs. */
export async function supergraphOf(
  t: TestContext,
  urls: Record<string, string>,
  sdls: Record<string, string> = typeDefs,
): Promise<Supergraph> {
  const entries = Object.entries(urls).map(
    ([name, url]) => `  ${name}: { routing_url: "${url}", schema: { file: ${name}.graphql } }`,
  );
  const files = Object.fromEntries(Object.keys(urls).map((name) => [`${name}.graphql`, sdls[name] ?? '']));
  const yaml = `federation_version: 2\nsubgraphs:\n${entries.join('\n')}\n`;
  const folder = await folderWith(t, { ...files, 'supergraph.yaml': yaml });
  return composeSupergraph(await readSupergraphFile(join(folder, 'supergraph.yaml')));
}

/** A running gateway. */
export interface Running {
  readonly origin: string;
  readonly gateway: Gateway;
  readonly server: GatewayServer;
  /** What was logged, line by line. */
  readonly log: Record<string, unknown>[];
  /** Asks for data as a client does, and returns the parsed answer. */
  ask(query: string, variables?: Record<string, unknown>): Promise<unknown>;
}

export interface RunOptions {
  /** Where each subgraph is: an URL, or a subgraph inside the process. By default the two above, inside the process. */
  readonly subgraphs?: Partial<Record<SubgraphName, string | EmbeddedSubgraph>>;
  readonly fetchTimeoutMs?: number;
  readonly requestTimeoutMs?: number;
  readonly drainTimeoutMs?: number;
  readonly introspection?: boolean;
  /** What else the server is made of. */
  readonly server?: Partial<ServerOptions>;
}

/** Runs a gateway on a free port until the test ends. */
export async function run(t: TestContext, options: RunOptions = {}): Promise<Running> {
  const { subgraphs = {}, fetchTimeoutMs = 5_000, requestTimeoutMs = 10_000, drainTimeoutMs = 5_000 } = options;
  const { introspection = true } = options;
  const places = {
    customers: subgraphs.customers ?? embedded(subgraphSchema('customers')),
    orders: subgraphs.orders ?? embedded(subgraphSchema('orders')),
  };
  const urls = Object.fromEntries(
    Object.entries(places).map(([name, place]) => [name, typeof place === 'string' ? place : `http://${name}/graphql`]),
  );
  const lines: Record<string, unknown>[] = [];
  const log = createLog({ level: 'debug', output: { write: (line: string) => lines.push(JSON.parse(line)) } });
  const gateway = await createGateway({
    supergraph: await supergraphOf(t, urls),
    transport: (name, url) => {
      const place = places[name as SubgraphName];
      return typeof place === 'string' ? httpTransport(url) : inProcessTransport(place);
    },
    log,
    fetchTimeoutMs,
    introspection,
  });
  const server = createServer({
    access: await openToAll(log),
    gateway: Promise.resolve(gateway),
    log,
    requestTimeoutMs,
    drainTimeoutMs,
    ...options.server,
  });
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(() => server.close());
  return { origin, gateway, server, log: lines, ask: (query, variables) => ask(origin, query, variables) };
}

/** Asks a GraphQL server for data by POST. */
export async function ask(origin: string, query: string, variables: Record<string, unknown> = {}): Promise<unknown> {
  const response = await post(origin, JSON.stringify({ query, variables }));
  return response.json();
}

/** Posts a body to /graphql. */
export function post(origin: string, body: string, init: RequestInit = {}): Promise<Response> {
  const headers = { 'content-type': 'application/json', accept: 'application/json', ...init.headers };
  return fetch(`${origin}/graphql`, { method: 'POST', body, ...init, headers });
}

/** Waits until something holds; rejects after a minute, which a machine that others load may need. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`expected this to hold within a minute: ${holds}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
