import { randomBytes } from 'node:crypto';
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { ExecutionResult } from 'graphql';
import { openAccess, openToAll } from '../../gateway/access/access.ts';
import { DemoIssuer, demoCallers } from '../../gateway/access/identity/demo-callers.ts';
import { Issuers } from '../../gateway/access/identity/issuers.ts';
import { isOperator } from '../../gateway/access/operator.ts';
import type { ConfigFile } from '../../gateway/config-file.ts';
import type { ConsoleOptions } from '../../gateway/console/serve.ts';
import { createServer } from '../../gateway/server.ts';
import { composeSupergraph } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { createGateway } from '../../gateway/supergraph/gateway.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { httpTransport } from '../../gateway/transport/http.ts';
import { inProcessTransport } from '../../gateway/transport/in-process.ts';
import type { Transport } from '../../gateway/transport/transport.ts';
import type { StandIn, StartStandIn } from '../../subgraphs/demo/stand-in.ts';
import { type SubgraphServer, serveSubgraph } from '../../subgraphs/kit/server.ts';
import { openSubgraph, readSubgraph, type Subgraph } from '../../subgraphs/kit/subgraph.ts';
import type { DatabaseServer } from '../servers/databases.ts';

const root = resolve(import.meta.dirname, '../..');
const names = ['customers', 'orders', 'inventory', 'finance'] as const;

/** One of the four subgraphs. */
export type Name = (typeof names)[number];

/** The whole of Junction on the demo company, reached as clients reach it. */
export interface Junction {
  readonly url: string;
  /** Sends an operation; the result is plain JSON. `as`: the demo caller who asks, where there are any. */
  ask(query: string, variables?: Record<string, unknown>, as?: string): Promise<ExecutionResult>;
  /** The same; the answer as it comes. */
  post(query: string, variables?: Record<string, unknown>, as?: string): Promise<Response>;
  /** What reached each system since this was last asked: requests, operations or statements. */
  calls(): Record<Name, string[]>;
  /** The fetches that the gateway made since this was last asked, by subgraph. */
  fetches(): Name[];
  /** The same, with what each asked for. */
  requests(): SubgraphCall[];
  /** Stops a system's stand-in, as if it went down. */
  stopSystem(name: 'customers' | 'finance'): Promise<void>;
  /** It is back, where it was. */
  startSystem(name: 'customers' | 'finance'): Promise<void>;
  close(): Promise<void>;
}

/** A fetch from a subgraph. */
export interface SubgraphCall {
  readonly subgraph: Name;
  readonly query: string;
}

/** How to start. */
export interface JunctionOptions {
  /** Where the subgraphs run: in the gateway's process, or as services of their own that it reaches over HTTP. */
  readonly subgraphs?: 'in-process' | 'http';
  /** Where the shop's and the warehouse's data are: in the files that the stand-ins wrote, or copied into a server. */
  readonly database?: DatabaseServer | undefined;
  readonly requestTimeoutMs?: number;
  /** What gateway.yaml says: the rules hold, and the demo callers are known. By default everybody may ask everything. */
  readonly access?: ConfigFile | undefined;
  /** Whether the console is at /, and how people sign in there: where that isn't said, as demo callers. */
  readonly console?: boolean | ConsoleOptions['config']['signIn'];
  /** Whether clients may read the schema. @default true */
  readonly introspection?: boolean;
}

/** Starts the four stand-ins, the four subgraphs and the gateway on free ports. */
export async function startJunction({
  subgraphs: where = 'in-process',
  database,
  requestTimeoutMs = 10_000,
  access: file,
  console: withConsole = false,
  introspection = true,
}: JunctionOptions = {}): Promise<Junction> {
  let calls = noCalls();
  const requests: SubgraphCall[] = [];
  const log = createLog({ level: 'silent' });
  const standIns = new Map<Name, StandIn>();
  const opened = new Map<Name, Subgraph>();
  const services = new Map<Name, SubgraphServer>();
  const ports = new Map<Name, number>();

  // A SQL database says which statements it is sent; which of the two it is, the tables tell.
  const onStatement = (message: unknown) => {
    const { sql } = message as { sql: string };
    calls[/MIT[A-Z]{3}/.test(sql) ? 'inventory' : 'orders'].push(sql);
  };
  subscribe('junction:sql', onStatement);

  async function startStandIn(name: Name, port?: number): Promise<StandIn> {
    const { start } = (await import(resolve(root, 'subgraphs', name, 'demo/system.ts'))) as { start: StartStandIn };
    const options = { folder: resolve(root, '.data'), onCall: (call: string) => void calls[name].push(call) };
    const standIn = await start({ ...options, ...(port !== undefined && { port }) });
    standIns.set(name, standIn);
    if (standIn.port !== undefined) ports.set(name, standIn.port);
    return standIn;
  }

  for (const name of names) {
    const folder = resolve(root, 'subgraphs', name);
    const standIn = await startStandIn(name);
    const file = /^sqlite:(.+)$/.exec(Object.values(standIn.settings)[0] ?? '')?.[1];
    const environment = database && file ? await copied(name, file, database) : standIn.settings;
    const options = { name, environment, log, systemTimeoutMs: 5000 };
    const subgraph = await openSubgraph(await readSubgraph(folder), options);
    opened.set(name, subgraph);
    if (where === 'http') {
      const server = await serveSubgraph(subgraph, { host: '127.0.0.1', port: 0 });
      services.set(name, server);
    }
  }

  const counted = (name: Name, transport: Transport): Transport => ({
    ...transport,
    fetch(request, call) {
      requests.push({ subgraph: name, query: request.operation.query });
      return transport.fetch(request, call);
    },
  });
  const gateway = await createGateway({
    supergraph: await composeSupergraph(await readSupergraphFile(resolve(import.meta.dirname, 'supergraph.yaml'))),
    transport(name) {
      const service = services.get(name as Name);
      const subgraph = opened.get(name as Name) as Subgraph;
      return counted(name as Name, service ? httpTransport(`${service.origin}/graphql`) : inProcessTransport(subgraph));
    },
    log,
    fetchTimeoutMs: 6000,
    introspection,
    ...(file && { limits: file.limits }),
  });
  const demo = new DemoIssuer(randomBytes(32));
  const { issuers: known = [] } = file?.authentication ?? {};
  const issuers = known.length > 0 ? new Issuers(known, { environment: {}, log }) : undefined;
  const anonymous = file?.authorization.anonymous !== 'refuse';
  const access = file
    ? await openAccess({ file, authentication: true, anonymous, demo, issuers, log })
    : await openToAll(log);
  const callers = demoCallers.map(({ name, title, scopes }) => ({ name, title, scopes }));
  const signIn = typeof withConsole === 'object' ? withConsole : { kind: 'demo' as const, callers };
  const page = { signIn, introspection };
  const server = createServer({
    access,
    gateway,
    log,
    requestTimeoutMs,
    introspection,
    tellsTrace: (caller) => isOperator(caller, signIn.kind !== 'demo'),
    operators: { production: signIn.kind !== 'demo' },
    ...(withConsole && { console: page, ...(signIn.kind === 'demo' && { demo }) }),
  });
  const url = await server.listen({ host: '127.0.0.1', port: 0 });
  const tokens = new Map<string, Promise<string>>();
  const tokenOf = (name: string) => {
    const token = tokens.get(name) ?? demo.tokenOf(name);
    tokens.set(name, token);
    return token;
  };
  const post: Junction['post'] = async (query, variables, as) =>
    fetch(`${url}/graphql`, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(as !== undefined && { authorization: `Bearer ${await tokenOf(as)}` }),
      },
      body: JSON.stringify({ query, variables }),
    });

  return {
    url,
    async ask(query, variables, as) {
      const response = await post(query, variables, as);
      return (await response.json()) as ExecutionResult;
    },
    post,
    calls() {
      const seen = calls;
      calls = noCalls();
      return seen;
    },
    fetches: () => requests.splice(0).map(({ subgraph }) => subgraph),
    requests: () => requests.splice(0),
    async stopSystem(name) {
      await standIns.get(name)?.close();
      standIns.delete(name);
    },
    async startSystem(name) {
      await startStandIn(name, ports.get(name));
    },
    async close() {
      unsubscribe('junction:sql', onStatement);
      await server.close();
      for (const each of [...services.values(), ...opened.values(), ...standIns.values()]) await each.close();
    },
  };
}

/** Copies a stand-in's file into a server; the settings by which its subgraph finds it there. */
async function copied(name: Name, file: string, server: DatabaseServer): Promise<Record<string, string>> {
  const prefix = name.toUpperCase();
  const { user, password } = server;
  const url = await server.copy(file, name);
  return { [`${prefix}_URL`]: url, [`${prefix}_USER`]: user, [`${prefix}_PASSWORD`]: password };
}

function noCalls(): Record<Name, string[]> {
  return { customers: [], orders: [], inventory: [], finance: [] };
}

/** The text of a ready-made query. */
export function ready(name: string): string {
  return readFileSync(resolve(root, `gateway/console/queries/${name}.graphql`), 'utf8');
}
