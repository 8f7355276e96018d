import assert from 'node:assert/strict';
import { connect } from 'node:net';
import type { TestContext } from 'node:test';
import { buildSubgraphSchema } from '@apollo/subgraph';
import { graphql, parse } from 'graphql';
import { Pool } from 'undici';
import { type Access, openAccess } from '../../../gateway/access/access.ts';
import { Issuers } from '../../../gateway/access/identity/issuers.ts';
import { type ConfigFile, defaultConfigFile, type IssuerSettings } from '../../../gateway/config-file.ts';
import { createServer, type ServerOptions } from '../../../gateway/server.ts';
import { createGateway } from '../../../gateway/supergraph/gateway.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { httpTransport } from '../../../gateway/transport/http.ts';
import { inProcessTransport } from '../../../gateway/transport/in-process.ts';
import { serveSubgraph } from '../../../subgraphs/kit/server.ts';
import type { Call } from '../../../subgraphs/kit/source.ts';
import type { Subgraph } from '../../../subgraphs/kit/subgraph.ts';
import { KeyRing } from '../../../subgraphs/kit/trust/keys.ts';
import { MemoryNonces } from '../../../subgraphs/kit/trust/nonces.ts';
import { Signer } from '../../../subgraphs/kit/trust/signer.ts';
import { audience, OpenIdServer, signingKey } from '../../servers/openid.ts';
import { keyOf } from '../../subgraphs/kit/trust/fixture.ts';
import { supergraphOf } from '../fixture.ts';

// What is attacked: a gateway as in production, with every limit as it is by default, two subgraphs that it reaches over HTTP and that
// answer nobody else, and a real OpenID provider.

const link = (...names: string[]) =>
  `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ${JSON.stringify(['@key', ...names])})`;

/** The contracts. `askedBy` says whom the subgraph was told to answer. */
export const contracts = {
  people: `${link('@requiresScopes')}
type Query {
  person(id: ID!): Person
  people(filter: PersonFilter, first: Int = 20): [Person!]!
  count(numbers: [Int!], tree: Tree, any: Any, mood: Mood): Int
}
type Mutation { rename(id: ID!, name: String!): Person }
type Person @key(fields: "id") {
  id: ID!
  name: String!
  askedBy: String
  friends: [Person!]!
  diary: String @requiresScopes(scopes: [["diary:read"]])
}
input PersonFilter { name: String city: String and: [PersonFilter!] }
input Tree { left: Tree right: Tree label: String! }
enum Mood { GOOD BAD }
scalar Any
`,
  orders: `${link()}
type Query { order(number: ID!): Order }
type Person @key(fields: "id") { id: ID! orders: [Order!] ordersAskedBy: String }
type Order @key(fields: "number") { number: ID! total: Int }
`,
} as const;

type Name = keyof typeof contracts;
type Context = { readonly call: Call; readonly answer: (call: Call) => unknown };
type Resolver = (parent: { id: string }, args: Record<string, unknown>, context: Context) => unknown;

const personOf = (id: unknown) => ({ id, name: `Person ${id}`, diary: `Diary ${id}` });
const askedBy: Resolver = (_parent, _args, { call, answer }) => answer(call);
const resolvers: Record<Name, Record<string, Record<string, Resolver>>> = {
  people: {
    Query: {
      person: (_parent, { id }) => personOf(id),
      people: () => ['1', '2'].map(personOf),
      count: (_parent, args) => Object.keys(args).length,
    },
    Mutation: { rename: (_parent, { id }) => personOf(id) },
    Person: {
      __resolveReference: (({ id }: { id: string }) => personOf(id)) as Resolver,
      askedBy,
      friends: ({ id }) => [personOf(`${id}f`)],
    },
  },
  orders: {
    Query: { order: (_parent, { number }) => ({ number, total: 1 }) },
    Person: {
      __resolveReference: (({ id }: { id: string }) => ({ id })) as Resolver,
      orders: ({ id }) => [{ number: `${id}-1`, total: 10 }],
      ordersAskedBy: askedBy,
    },
    Order: { __resolveReference: ((order: { number: string }) => ({ ...order, total: 10 })) as unknown as Resolver },
  },
};

/** Whom a subgraph was told to answer. */
export function subOf({ caller }: Call): unknown {
  return caller?.claims.sub ?? null;
}

/** A subgraph that counts its calls; `answer`: what `askedBy` says. */
export function subgraphOf(name: Name, calls: Call[] = [], answer: (call: Call) => unknown = subOf): Subgraph {
  const schema = buildSubgraphSchema([{ typeDefs: parse(contracts[name]), resolvers: resolvers[name] as never }]);
  return {
    name,
    async execute({ query, operationName, variables }, call) {
      calls.push(call);
      const given = { operationName: operationName ?? null, variableValues: variables ?? {} };
      return graphql({ schema, source: query, ...given, contextValue: { call, answer } });
    },
    health: async () => ({ name: 'memory', kind: 'map', status: 'up', latencyMs: 0 }),
    close: async () => {},
  };
}

/** Whose tokens are verified, as settings have it. */
export function issuerSettings(issuer: string): IssuerSettings {
  return {
    issuer,
    audience: [audience],
    algorithms: ['RS256', 'PS256', 'ES256', 'EdDSA'],
    clock_skew_s: 30,
    refresh_keys_s: 600,
    keep_keys_s: 86_400,
    scopes_claim: ['scope', 'scp'],
  };
}

/** What is attacked. */
export interface Target {
  readonly origin: string;
  readonly openid: OpenIdServer;
  readonly access: Access;
  /** Where each subgraph listens. */
  readonly subgraphs: Readonly<Record<Name, string>>;
  /** The calls that reached each. */
  readonly calls: Readonly<Record<Name, Call[]>>;
  /** What was logged, line by line. */
  readonly log: readonly string[];
  /** A good token of this person. */
  token(sub: string, scope?: string): Promise<string>;
}

/** What may differ. */
export interface TargetOptions {
  readonly limits?: Partial<ConfigFile['limits']>;
  readonly file?: Partial<ConfigFile>;
  readonly server?: Partial<ServerOptions>;
  readonly introspection?: boolean;
  /** Where the subgraphs run. @default 'http' */
  readonly where?: 'http' | 'in-process';
  /** What stands between the gateway and a subgraph: gets the subgraph's URL, returns its own. */
  readonly between?: (name: Name, url: string) => Promise<string>;
  /** What `askedBy` says. */
  readonly answer?: (call: Call) => unknown;
}

/** Starts it on free ports until the test ends. */
export async function startTarget(t: Pick<TestContext, 'after'>, options: TargetOptions = {}): Promise<Target> {
  const { between = async (_name, url) => url, introspection = false, where = 'http' } = options;
  const openid = await OpenIdServer.start(await signingKey('one'));
  const lines: string[] = [];
  const log = createLog({ level: 'info', output: { write: (line: string) => lines.push(line) } });
  const keyRing = new KeyRing([keyOf('k1')]);
  const calls = { people: [] as Call[], orders: [] as Call[] };
  const services = await Promise.all(
    (['people', 'orders'] as const).map(async (name) => {
      const trust = { keys: keyRing, nonces: new MemoryNonces({ longestMs: 120_000 }) };
      const subgraph = subgraphOf(name, calls[name], options.answer);
      const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0, trust, log });
      const url = `${server.origin}/graphql`;
      return { name, server, url, reached: await between(name, url) };
    }),
  );
  const reached = Object.fromEntries(services.map((each) => [each.name, each.reached]));
  const ending: (() => unknown)[] = [];
  const supergraph = await supergraphOf(
    { after: (end: () => unknown) => ending.push(end) } as never,
    reached,
    contracts,
  );
  const file = { ...defaultConfigFile, limits: { ...defaultConfigFile.limits, ...options.limits }, ...options.file };
  const gateway = await createGateway({
    supergraph,
    transport: (name, url) =>
      where === 'http'
        ? httpTransport(url, { signer: new Signer(keyRing, name) })
        : inProcessTransport(subgraphOf(name as Name, calls[name as Name], options.answer)),
    log,
    fetchTimeoutMs: 6_000,
    introspection,
    limits: file.limits,
  });
  const issuers = new Issuers([issuerSettings(openid.issuer)], { environment: {}, log });
  const access = await openAccess({ file, authentication: true, anonymous: false, issuers, keyRing, log });
  const server = createServer({
    gateway,
    access,
    log,
    requestTimeoutMs: 10_000,
    preflightedGet: true,
    introspection,
    drainTimeoutMs: 1_000,
    ...options.server,
  });
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    await server.close();
    await Promise.all(services.map((each) => each.server.close()));
    await openid.down();
    for (const end of ending) await end();
  });
  return {
    origin,
    openid,
    access,
    subgraphs: Object.fromEntries(services.map(({ name, url }) => [name, url])) as Record<Name, string>,
    calls,
    log: lines,
    token: (sub, scope) => openid.sign({ sub, ...(scope !== undefined && { scope }) }),
  };
}

/** An answer as a client gets it. */
export interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/** A request of a client's: by POST, unless it is said otherwise. */
export interface Sent {
  readonly token?: string | undefined;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Asks once. A body that isn't text is sent as JSON. */
export async function ask({ origin }: Target, { token, headers, body }: Sent): Promise<Answer> {
  const response = await fetch(`${origin}/graphql`, {
    method: 'POST',
    headers: headersOf(token, headers),
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
  return { status: response.status, body: await response.json() };
}

function headersOf(token: string | undefined, more: Readonly<Record<string, string>> = {}): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(token !== undefined && { authorization: `Bearer ${token}` }),
    ...more,
  };
}

/** How many answers of a flood had each status, and one answer of each. */
export interface Flood {
  readonly counts: Readonly<Record<string, number>>;
  readonly samples: Readonly<Record<string, unknown>>;
}

/** Sends many requests over some connections, as fast as they are answered. What is cut off counts as `error`. */
export async function flood(
  target: Target,
  count: number,
  sent: (i: number) => Sent,
  connections = 20,
): Promise<Flood> {
  await using pool = poolOf(target, connections);
  const counts: Record<string, number> = {};
  const samples: Record<string, unknown> = {};
  let next = 0;
  const client = async () => {
    while (next < count) {
      const { token, headers, body } = sent(next++);
      const [status, text] = await pool
        .request({
          path: '/graphql',
          method: 'POST',
          headers: headersOf(token, headers),
          body: typeof body === 'string' ? body : JSON.stringify(body),
        })
        .then(
          async (response) => [String(response.statusCode), await response.body.text()] as const,
          (error: Error) => ['error', JSON.stringify(error.message)] as const,
        );
      counts[status] = (counts[status] ?? 0) + 1;
      samples[status] ??= JSON.parse(text);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  return { counts, samples };
}

export const liveQuery = '{ person(id: "1") { name askedBy orders { number } ordersAskedBy } }';

/** Nobody waits longer for what they ask while somebody else attacks: a hundred times what it takes otherwise. */
const longestMs = 2_000;

/**
 * Runs an attack while a caller asks the live query over and over, at least ten times; returns what the attack gives. Fails where an
 * answer of the caller's is wrong or late.
 */
export async function whileAsked<T>(t: TestContext, target: Target, attack: () => Promise<T>): Promise<T> {
  const token = await target.token('live');
  await using pool = poolOf(target, 1);
  const expected = {
    data: { person: { name: 'Person 1', askedBy: 'live', orders: [{ number: '1-1' }], ordersAskedBy: 'live' } },
  };
  let attacking = true;
  let answers = 0;
  let worst = 0;
  const living = async () => {
    while (attacking || answers < 10) {
      const start = performance.now();
      const body = JSON.stringify({ query: liveQuery });
      const response = await pool.request({ path: '/graphql', method: 'POST', headers: headersOf(token), body });
      const text = await response.body.text();
      worst = Math.max(worst, performance.now() - start);
      assert.deepEqual([response.statusCode, JSON.parse(text)], [200, expected]);
      answers += 1;
      // A caller, not a flood.
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  // Prepared once, as what is asked every few seconds is.
  await ask(target, { token, body: { query: liveQuery } });
  const live = living();
  live.catch(() => {});
  const start = performance.now();
  const result = await attack().finally(() => {
    attacking = false;
  });
  const ms = Math.round(performance.now() - start);
  await live;
  t.diagnostic(`${ms} ms of attack; ${answers} live answers beside it, the slowest after ${Math.round(worst)} ms`);
  assert.ok(worst < longestMs, `a live answer took ${Math.round(worst)} ms`);
  return result;
}

/** Connections to a target that end with the block that they are for. */
export function poolOf({ origin }: Target, connections: number): Pool & AsyncDisposable {
  const pool = new Pool(origin, { connections });
  return Object.assign(pool, { [Symbol.asyncDispose]: () => pool.destroy() });
}

/** An error that refuses a whole request. */
export function refused(code: string, message: string, more: object = {}): { errors: readonly object[] } {
  return { errors: [{ message, extensions: { code, ...more } }] };
}

/** Sends bytes; returns all that came back until the server closed the connection. */
export async function sendBytes({ origin }: { readonly origin: string }, bytes: string): Promise<string> {
  const socket = connect(Number(new URL(origin).port), '127.0.0.1');
  socket.setTimeout(15_000, () => socket.destroy(new Error('expected the server to close the connection')));
  socket.write(bytes, 'latin1');
  return (await socket.toArray()).join('');
}

/** The statuses and bodies of answers on one connection. */
export function answersIn(said: string): Answer[] {
  return said
    .split(/(?=HTTP\/1\.1 \d)/)
    .filter((part) => part !== '')
    .map((part) => {
      const [head = '', body = ''] = part.split('\r\n\r\n');
      return { status: Number(/^HTTP\/1\.1 (\d+)/.exec(head)?.[1]), body: body === '' ? undefined : JSON.parse(body) };
    });
}
