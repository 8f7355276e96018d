import { hash } from 'node:crypto';
import type { Logger } from 'pino';
import { defaultConfigFile, type LimitSettings } from '../config-file.ts';
import { Operations, type OperationsUsage } from '../operations/operations.ts';
import { PlannerProcess } from '../operations/process.ts';
import type { PlanningLimits } from '../operations/processes.ts';
import { HealthProbe, type HealthReport } from '../transport/health.ts';
import type { Transport, TransportLoad } from '../transport/transport.ts';
import type { Supergraph } from './compose.ts';
import { loadInProcess } from './composer.ts';
import { type Generation, Generations } from './generation.ts';

/** What a gateway is made of. */
export interface GatewayOptions {
  readonly supergraph: Supergraph;
  /** The process that has composed it, if one has; the gateway ends it. */
  readonly planner?: PlannerProcess;
  /** Opens the way to a subgraph. The gateway closes what it got, once nothing needs it any more. */
  readonly transport: (name: string, url: string) => Transport;
  readonly log: Logger;
  /** The longest that one fetch may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
  /** What planning an operation may take. @default 3000 ms, 512 MB */
  readonly planning?: PlanningLimits;
  /** How much prepared operations may take, in bytes. @default 64 MB */
  readonly operationCacheBytes?: number;
  /** Whether clients may read the schema. @default true */
  readonly introspection?: boolean;
  /** What operations may be. @default as where gateway.yaml says nothing */
  readonly limits?: LimitSettings;
}

/** With what another supergraph is taken into use. */
export interface UpdateOptions {
  /** Subgraphs that get a new transport even if their name and URL stay. */
  readonly renewed?: ReadonlySet<string>;
  /** The process that has composed it, if one has; the gateway ends it, whatever becomes of the update. */
  readonly planner?: PlannerProcess | undefined;
  /** Gives the update up; it then rejects with the signal's reason, and nothing has changed. */
  readonly signal?: AbortSignal;
}

/** What is told of a gateway to whoever watches it. */
export interface GatewayState {
  /** Tells supergraphs apart: how the SHA-256 of the schema begins, in hexadecimal digits. */
  readonly version: string;
  /** Since when that schema is in use. */
  readonly since: Date;
  /** How long composing it took, in milliseconds, where that is known. */
  readonly composedInMs: number | undefined;
  /** What its prepared operations take. */
  readonly operations: OperationsUsage;
  /** How full the ways to subgraphs are that have connections, by the subgraph's name. */
  readonly loads: ReadonlyMap<string, TransportLoad>;
}

/** The supergraph in use: its operations, and the ways to its subgraphs. */
export interface Gateway {
  /** Runs something on the supergraph as it is now, which stays complete until that is over. */
  use<T>(run: (generation: Generation) => Promise<T>): Promise<T>;
  /** A process to compose the next supergraph in, for `update`. Whoever asks for it ends it if it isn't handed on. */
  planner(): PlannerProcess;
  /**
   * Changes to another supergraph. A subgraph with the same name and URL keeps its transport, unless it is among `renewed`. A new
   * schema is taken into use once the operations that are used most are prepared for it; the event loop has nothing to do with
   * that but to compile them, one at a time. Calls must not overlap. Errors: CompositionError if it doesn't load; then nothing has
   * changed.
   */
  update(supergraph: Supergraph, options?: UpdateOptions): Promise<void>;
  /** How each subgraph and its system is. */
  health(): Promise<HealthReport[]>;
  /** What is in use now. */
  state(): GatewayState;
  /** Closes every transport and ends the planning. Operations that are still running lose their fetches. */
  close(): Promise<void>;
}

/** How many operations are prepared before a new schema is taken into use, and for how long at most. */
const warmed = { count: 500, limitMs: 5_000 };

/** Loads a supergraph into a planning process. Errors: CompositionError if it doesn't load. */
export async function createGateway(options: GatewayOptions): Promise<Gateway> {
  const {
    transport: open,
    log,
    fetchTimeoutMs,
    introspection = true,
    limits: asked = defaultConfigFile.limits,
  } = options;
  const { planning: limits = { timeoutMs: 3_000, memoryMb: 512 }, operationCacheBytes: cacheBytes = 64_000_000 } =
    options;
  const newPlanner = () => new PlannerProcess(limits);
  let inUse = options.supergraph;
  let operations = await operationsOf(inUse, options.planner);
  let state = stateOf(inUse);
  const generations = new Generations({ operations, transports: transportsOf(inUse), fetchTimeoutMs }, (err) =>
    log.error({ err }, 'a transport or a planning process did not close'),
  );
  let probe = new HealthProbe(generations.current.transports);

  function transportsOf(next: Supergraph, kept: ReadonlyMap<string, Transport> = new Map()): Map<string, Transport> {
    return new Map(next.subgraphs.map(({ name, url }) => [name, kept.get(name) ?? open(name, url)]));
  }

  async function operationsOf(of: Supergraph, planner = newPlanner(), signal?: AbortSignal): Promise<Operations> {
    const rules = await loadInProcess(planner, of, { introspection, limits: asked, signal });
    const another = async (signal: AbortSignal) => {
      const next = newPlanner();
      await loadInProcess(next, of, { introspection, limits: asked, signal });
      return next;
    };
    return new Operations({ planner, rules, another, limits, cacheBytes, log });
  }

  /** The operations of another schema, those that are used most already prepared. */
  async function nextOperations(next: Supergraph, { planner, signal }: UpdateOptions): Promise<Operations> {
    const made = await operationsOf(next, planner, signal);
    const onAbort = () => void made.close();
    signal?.addEventListener('abort', onAbort);
    await made.warm(generations.current.operations.mostUsed(warmed.count), warmed.limitMs);
    signal?.removeEventListener('abort', onAbort);
    if (signal?.aborted) await made.close();
    signal?.throwIfAborted();
    return made;
  }

  return {
    use: (run) => generations.use(run),
    planner: newPlanner,
    async update(next, options = {}) {
      const { renewed = new Set(), planner } = options;
      const same = next.sdl === inUse.sdl;
      if (same) await planner?.end();
      options.signal?.throwIfAborted();
      const prepared = same ? operations : await nextOperations(next, options);
      const stays = ({ name, url }: Supergraph['subgraphs'][number]) =>
        !renewed.has(name) && next.subgraphs.some((other) => other.name === name && other.url === url);
      const left = new Set(inUse.subgraphs.filter(stays).map(({ name }) => name));
      const kept = new Map([...generations.current.transports].filter(([name]) => left.has(name)));
      generations.replace({ operations: prepared, transports: transportsOf(next, kept), fetchTimeoutMs });
      inUse = next;
      operations = prepared;
      if (!same) state = stateOf(next);
      probe = new HealthProbe(generations.current.transports);
    },
    health: () => generations.use(() => probe.reports()),
    state: () => ({ ...state, operations: operations.usage, loads: loadsOf(generations.current.transports) }),
    close: () => generations.close(),
  };
}

/** How many digits tell supergraphs apart. */
const versionDigits = 12;

function stateOf({ sdl, composedInMs }: Supergraph): Omit<GatewayState, 'operations' | 'loads'> {
  return { version: hash('sha256', sdl).slice(0, versionDigits), since: new Date(), composedInMs };
}

function loadsOf(transports: ReadonlyMap<string, Transport>): Map<string, TransportLoad> {
  const loads = [...transports].map(([name, transport]) => [name, transport.load?.()] as const);
  return new Map(loads.flatMap(([name, load]) => (load ? [[name, load]] : [])));
}
