import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { openToAll } from '../../gateway/access/access.ts';
import { openEmbedded } from '../../gateway/embedded/embed.ts';
import { createServer } from '../../gateway/server.ts';
import { compose } from '../../gateway/supergraph/compose.ts';
import { readSupergraphFile } from '../../gateway/supergraph/file.ts';
import { createGateway, type Gateway } from '../../gateway/supergraph/gateway.ts';
import { SupergraphManager } from '../../gateway/supergraph/manager.ts';
import { loadSchemas } from '../../gateway/supergraph/schema.ts';
import type { SupergraphStatus } from '../../gateway/supergraph/status.ts';
import { createLog } from '../../gateway/telemetry/log.ts';
import { httpTransport } from '../../gateway/transport/http.ts';
import { inProcessTransport } from '../../gateway/transport/in-process.ts';
import { ask, served, subgraphSchema, typeDefs, until } from './fixture.ts';

const kit = pathToFileURL(resolve(import.meta.dirname, '../../subgraphs/kit')).href;

/** A shop as its folder holds it: contract and mapping of a SQLite file with one order. */
export const shop = {
  schema: `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])
type Query {
  order(id: ID!): Order
}
type Order @key(fields: "id") {
  id: ID!
  number: String!
  state: String
}
`,
  backend: `import { env } from '${kit}/settings.ts';
import { sql } from '${kit}/sources/sql/backend.ts';
export const backend = sql({
  system: 'shop',
  url: env('SHOP_URL', 'sqlite:FILE'),
  types: { Order: { table: 'sales', key: { id: 'entity_id' }, fields: { number: 'increment_id', state: 'state' } } },
});
`,
} as const;

/** Where the files of a running gateway lie, and what can be seen of it. */
export interface Reloading {
  readonly origin: string;
  readonly gateway: Gateway;
  /** What was logged, line by line. */
  readonly log: Record<string, unknown>[];
  /** The transports that were opened and closed so far: `orders`, `orders closed`. */
  readonly ways: string[];
  /** Writes a file as editors do: beside its place, then renamed. */
  write(file: string, text: string): Promise<void>;
  /** Writes a file anew with a piece of its text replaced, and returns what it was. */
  replace(file: string, from: string, to: string): Promise<string>;
  remove(file: string): Promise<void>;
  path(file: string): string;
  ask(query: string): Promise<unknown>;
  status(): Promise<SupergraphStatus>;
  /** Waits until the gateway says that it can't be changed, and returns the faults. */
  faults(): Promise<readonly string[]>;
}

/** The lines of supergraph.yaml for subgraphs by name, each with its URL and where its schema is. */
export function yamlOf(subgraphs: Record<string, { url: string; file?: string }>): string {
  const entries = Object.entries(subgraphs).map(([name, { url, file }]) =>
    file === undefined
      ? `  ${name}: { schema: { subgraph_url: "${url}" } }`
      : `  ${name}: { routing_url: "${url}", schema: { file: ${file} } }`,
  );
  return `federation_version: 2\nsubgraphs:\n${entries.join('\n')}\n`;
}

/** The subgraphs at the start: customers is served over HTTP, the shop runs inside. */
export function startingWith(customers: string) {
  return {
    customers: { url: customers, file: 'customers.graphql' },
    orders: { url: 'http://orders/graphql', file: 'subgraphs/orders/schema.graphql' },
  };
}

/** How to start. */
export interface ReloadingOptions {
  /** Where the customers are; served for the test by default. */
  readonly customers?: string;
  /** The supergraph.yaml to start with; by default with the two subgraphs above. */
  readonly yaml?: (customers: string) => string;
  /** @default 20 */
  readonly pollMs?: number;
  /** How long opening a subgraph may take, in milliseconds; by default as long as in service. */
  readonly openLimitMs?: number;
}

/** Runs a gateway that looks at its files again and again, until the test ends. */
export async function reloading(t: TestContext, options: ReloadingOptions = {}): Promise<Reloading> {
  const folder = await mkdtemp(join(tmpdir(), 'junction-'));
  const path = (file: string) => join(folder, file);
  const write = async (file: string, text: string) => {
    await mkdir(dirname(path(file)), { recursive: true });
    await writeFile(path(`${file}.new`), text);
    await rename(path(`${file}.new`), path(file));
  };
  const customers = options.customers ?? (await served(t, subgraphSchema('customers')));
  await write('customers.graphql', typeDefs.customers);
  await write('subgraphs/orders/schema.graphql', shop.schema);
  await write('subgraphs/orders/backend.ts', shop.backend);
  await write('supergraph.yaml', options.yaml?.(customers) ?? yamlOf(startingWith(customers)));
  const database = new DatabaseSync(path('shop.db'));
  database.exec(`create table sales (entity_id text primary key not null, increment_id text not null, state text);
    insert into sales values ('1', 'W1', 'new')`);
  database.close();

  const log: Record<string, unknown>[] = [];
  const logger = createLog({ level: 'debug', output: { write: (line: string) => log.push(JSON.parse(line)) } });
  const file = await readSupergraphFile(path('supergraph.yaml'));
  const schemas = await loadSchemas(file.subgraphs);
  const embedded = await openEmbedded(['orders'], {
    environment: { SHOP_URL: `sqlite:${path('shop.db')}` },
    standIns: Promise.resolve({
      names: [],
      settings: {},
      add: async () => {},
      keep: async () => {},
      supervise() {},
      close: async () => {},
    }),
    systemTimeoutMs: 1_000,
    log: logger,
    belongs: (name) => name === 'orders' || name === 'returns',
    folder: path('subgraphs'),
    ...(options.openLimitMs !== undefined && { openLimitMs: options.openLimitMs }),
  });
  const ways: string[] = [];
  const supergraph = compose(schemas);
  const gateway = await createGateway({
    supergraph,
    transport(name, url) {
      const subgraph = embedded.get(name);
      const transport = subgraph ? inProcessTransport(subgraph) : httpTransport(url);
      ways.push(name);
      return { ...transport, close: () => transport.close().then(() => void ways.push(`${name} closed`)) };
    },
    log: logger,
    fetchTimeoutMs: 5_000,
  });
  const running = { file, supergraph, schemas };
  const manager = new SupergraphManager({
    running,
    gateway,
    local: embedded,
    pollMs: options.pollMs ?? 20,
    log: logger,
  });
  const supergraphStatus = () => manager.status;
  const server = createServer({
    access: await openToAll(logger),
    gateway,
    log: logger,
    requestTimeoutMs: 10_000,
    supergraph: supergraphStatus,
  });
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });
  t.after(async () => {
    await Promise.all([manager.close(), server.close()]);
    await rm(folder, { recursive: true });
  });

  const status = async () => {
    const response = await fetch(`${origin}/health/ready`);
    if (response.status !== 200) throw new Error(`expected to be ready, got ${response.status}`);
    return ((await response.json()) as { supergraph: SupergraphStatus }).supergraph;
  };
  return {
    origin,
    gateway,
    log,
    ways,
    path,
    write,
    async replace(name, from, to) {
      const text = await readFile(path(name), 'utf8');
      if (!text.includes(from)) throw new Error(`expected ${name} to have ${from}`);
      await write(name, text.replace(from, to));
      return text;
    },
    remove: (name) => rm(path(name), { recursive: true }),
    ask: (query) => ask(origin, query),
    status,
    async faults() {
      let now = await status();
      await until(async () => {
        now = await status();
        return now.status === 'outdated';
      });
      return now.status === 'outdated' ? now.faults : [];
    },
  };
}
