import { ApolloGateway } from '@apollo/gateway';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { dataSource } from '../transport/data-source.ts';
import { HealthProbe, type HealthReport } from '../transport/health.ts';
import type { Transport } from '../transport/transport.ts';
import type { Supergraph } from './compose.ts';
import { CompositionError } from './errors.ts';
import { type Generation, Generations } from './generation.ts';

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly supergraph: Supergraph;
  /** Opens the way to a subgraph. The gateway closes what it got, once nothing needs it any more. */
  readonly transport: (name: string, url: string) => Transport;
  readonly log: Logger;
  /** The longest that one fetch may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
}

/** The supergraph in use: its schema, its executor, and the ways to its subgraphs. */
export interface Gateway {
  /** The schema that clients see now. */
  schema(): GraphQLSchema;
  /** Runs something on the supergraph as it is now, which stays complete until that is over. */
  use<T>(run: (generation: Generation) => Promise<T>): Promise<T>;
  /**
   * Changes to another supergraph. A subgraph with the same name and URL keeps its transport, unless it is among `renewed`.
   * Another schema takes 40 to 70 ms of the event loop for 48 types, the same schema none. Calls must not overlap. Errors:
   * CompositionError if it doesn't load; then nothing has changed.
   */
  update(supergraph: Supergraph, renewed?: ReadonlySet<string>): Promise<void>;
  /** How each subgraph and its system is. */
  health(): Promise<HealthReport[]>;
  /** Closes every transport. Operations that are still running lose their fetches. */
  close(): Promise<void>;
}

/**
 * Loads a supergraph into Apollo's gateway. Errors: CompositionError if it doesn't load, as one with `@authenticated` and the
 * like: a rule that nobody enforces must not be taken for one that holds.
 */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const { transport: open, log } = options;
  let inUse = options.supergraph;
  const generations = new Generations({ ...(await load(inUse, options)), transports: transportsOf(inUse) }, (err) =>
    log.error({ err }, 'a transport did not close'),
  );
  let probe = new HealthProbe(generations.current.transports);

  function transportsOf(next: Supergraph, kept: ReadonlyMap<string, Transport> = new Map()): Map<string, Transport> {
    return new Map(next.subgraphs.map(({ name, url }) => [name, kept.get(name) ?? open(name, url)]));
  }

  return {
    schema: () => generations.current.schema,
    use: (run) => generations.use(run),
    async update(next, renewed = new Set()) {
      const loaded = next.sdl === inUse.sdl ? generations.current : await load(next, options);
      const stays = ({ name, url }: Supergraph['subgraphs'][number]) =>
        !renewed.has(name) && next.subgraphs.some((other) => other.name === name && other.url === url);
      const left = new Set(inUse.subgraphs.filter(stays).map(({ name }) => name));
      const kept = new Map([...generations.current.transports].filter(([name]) => left.has(name)));
      generations.replace({ ...loaded, transports: transportsOf(next, kept) });
      inUse = next;
      probe = new HealthProbe(generations.current.transports);
    },
    health: () => generations.use(() => probe.reports()),
    close: () => generations.close(),
  };
}

/**
 * A new `ApolloGateway` for each schema: its `update` replaces its parts one after the other, so a schema that doesn't load
 * would leave it half changed, and an operation in flight would be completed by a schema that it wasn't prepared for.
 */
async function load(
  { sdl }: Supergraph,
  { log, fetchTimeoutMs: timeoutMs }: GatewayOptions,
): Promise<Omit<Generation, 'transports'>> {
  // Apollo's gateway reports its use to Apollo unless it finds this when it is made.
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
  const apollo = new ApolloGateway({
    supergraphSdl: sdl,
    buildService: ({ name }) => dataSource({ name, timeoutMs, log }),
    logger: quiet(log),
    // The supergraph has just been composed. Without these two, NODE_ENV would decide.
    validateSupergraph: false,
    __exposeQueryPlanExperimental: false,
  });
  const { schema, executor } = await apollo.load().catch((cause: Error) => {
    // What follows the first paragraph quotes the composed text, which nobody wrote.
    const reason = cause.message.split('\n\n', 1).join().replaceAll('\n', ' ');
    throw new CompositionError([`the composed supergraph can't be loaded: ${reason}`], { cause });
  });
  return { schema, executor };
}

/** Apollo's gateway tells at level info what only someone who is looking for a fault wants to know. */
function quiet(log: Logger): Record<'debug' | 'info' | 'warn' | 'error', (message?: unknown) => void> {
  const at = (level: 'debug' | 'warn' | 'error') => (message?: unknown) => log[level](String(message));
  return { debug: at('debug'), info: at('debug'), warn: at('warn'), error: at('error') };
}
