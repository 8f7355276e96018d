import { ApolloGateway } from '@apollo/gateway';
import type { GraphQLSchema } from 'graphql';
import type { Logger } from 'pino';
import { dataSource } from '../transport/data-source.ts';
import { HealthProbe, type HealthReport } from '../transport/health.ts';
import type { Transport } from '../transport/transport.ts';
import type { Supergraph } from './compose.ts';
import { CompositionError } from './errors.ts';

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly supergraph: Supergraph;
  /** Opens the way to a subgraph. Called once for each name and URL; the gateway closes what it got. */
  readonly transport: (name: string, url: string) => Transport;
  readonly log: Logger;
  /** The longest that one fetch may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
}

/** The supergraph in use: its schema, its executor, and the ways to its subgraphs. */
export interface Gateway {
  /** The schema that clients see now. */
  schema(): GraphQLSchema;
  /** Runs an operation that was prepared for the schema above. One that is running keeps the schema it began with. */
  readonly executor: ApolloGateway['executor'];
  /** Changes to another supergraph. Synchronous: 0.1 s for 48 types. Throws, and changes nothing, if it doesn't load. */
  update(supergraph: Supergraph): void;
  /** How each subgraph and its system is. */
  health(): Promise<HealthReport[]>;
  /** Closes every transport. Operations that are still running lose their fetches. */
  close(): Promise<void>;
}

/**
 * Loads a supergraph into Apollo's gateway. Errors: CompositionError if it doesn't load, as one with `@authenticated` and the
 * like: a rule that nobody enforces must not be taken for one that holds.
 */
export async function createGateway({
  supergraph,
  transport: open,
  log,
  fetchTimeoutMs,
}: GatewayOptions): Promise<Gateway> {
  /** Never let go of before the end: an operation in flight may need what a newer supergraph doesn't name any more. */
  const opened = new Map<string, Transport>();
  const transport = (name: string, url: string) => {
    const key = `${name} ${url}`;
    const known = opened.get(key) ?? open(name, url);
    opened.set(key, known);
    return known;
  };
  const transportsOf = ({ subgraphs }: Supergraph) =>
    new Map(subgraphs.map(({ name, url }) => [name, transport(name, url)]));

  let load: (sdl: string) => void = () => {};
  // Apollo's gateway reports its use to Apollo unless it finds this when it is made.
  process.env.APOLLO_TELEMETRY_DISABLED = 'true';
  const apollo = new ApolloGateway({
    supergraphSdl: {
      async initialize({ update }) {
        load = update;
        return { supergraphSdl: supergraph.sdl };
      },
    },
    buildService: ({ name, url = '' }) =>
      dataSource({ name, transport: transport(name, url), timeoutMs: fetchTimeoutMs, log }),
    logger: quiet(log),
    // The supergraph has just been composed. Without these two, NODE_ENV would decide.
    validateSupergraph: false,
    __exposeQueryPlanExperimental: false,
  });
  const { executor } = await apollo.load().catch((cause: Error) => {
    throw new CompositionError([`the composed supergraph can't be loaded: ${cause.message}`], { cause });
  });
  let inUse = transportsOf(supergraph);
  const probe = new HealthProbe(() => inUse);

  return {
    schema() {
      if (!apollo.schema) throw new Error('expected a loaded supergraph to have a schema');
      return apollo.schema;
    },
    executor,
    update(next) {
      load(next.sdl);
      inUse = transportsOf(next);
    },
    health: () => probe.reports(),
    async close() {
      await apollo.stop();
      await Promise.all([...opened.values()].map((each) => each.close()));
    },
  };
}

/** Apollo's gateway tells at level info what only someone who is looking for a fault wants to know. */
function quiet(log: Logger): Record<'debug' | 'info' | 'warn' | 'error', (message?: unknown) => void> {
  const at = (level: 'debug' | 'warn' | 'error') => (message?: unknown) => log[level](String(message));
  return { debug: at('debug'), info: at('debug'), warn: at('warn'), error: at('error') };
}
