import { join } from 'node:path';
import { buildSubgraphSchema } from '@apollo/subgraph';
import {
  type DocumentNode,
  type ExecutionResult,
  GraphQLError,
  type GraphQLSchema,
  isScalarType,
  parse,
} from 'graphql';
import { checkCapabilities } from './check-capabilities.ts';
import { checkContract } from './check-contract.ts';
import { checkSystem, type SystemCheck } from './check-system.ts';
import type { Context } from './context.ts';
import { deriveResolvers, type ResolverMap } from './derive.ts';
import { StartupError, SystemError } from './errors.ts';
import { clientErrors, type ErrorLog } from './failures.ts';
import type { Backend, Note } from './forms.ts';
import { withinTime } from './limits.ts';
import { isFile, kindOf, loadModule, readText } from './load.ts';
import { Loaders } from './loaders.ts';
import { buildModel, type Model } from './model.ts';
import { type OperationRequest, Operations } from './operations.ts';
import { type Recheck, recheck } from './recheck.ts';
import { loadFields } from './record.ts';
import { scalars } from './scalars.ts';
import { type Environment, missingSettings, settingsFrom } from './settings.ts';
import type { Call, Source } from './source.ts';
import { CallObserver, type SystemObserver } from './telemetry/observer.ts';

/** What a subgraph is made of: the files of its folder. */
export interface SubgraphParts {
  readonly typeDefs: string;
  readonly backend: Backend;
  readonly resolvers: ResolverMap;
}

/** How a subgraph runs. */
export interface SubgraphOptions {
  /** Its name in supergraph.yaml. */
  readonly name: string;
  readonly environment: Environment;
  readonly log: SubgraphLog;
  /** How long the system may take for one call, in milliseconds. */
  readonly systemTimeoutMs: number;
  /** Counts the calls to its system. @default nobody does */
  readonly observer?: SystemObserver | undefined;
}

/** Where a subgraph writes what it noticed. */
export interface SubgraphLog {
  info(details: object, message: string): void;
  warn(details: object, message: string): void;
  error(details: object, message: string): void;
}

/** How the system behind a subgraph is. */
export interface SystemHealth {
  readonly name: string;
  readonly kind: string;
  readonly status: 'up' | 'down';
  readonly latencyMs: number;
  /** Why it is down: a `SystemErrorCode`. */
  readonly code?: string;
  /** What the mapping says of it that isn't true, where that was only found after the start. */
  readonly faults?: readonly string[];
}

/** A running subgraph: answers GraphQL operations from one system. */
export interface Subgraph {
  readonly name: string;
  /** Runs an operation. Never rejects: whatever goes wrong is an error in the result, fit for a client. */
  execute(request: OperationRequest, call: Call): Promise<ExecutionResult>;
  /** Asks the system whether it is there. */
  health(signal: AbortSignal): Promise<SystemHealth>;
  /** Lets go of the system. Can be called again. */
  close(): Promise<void>;
}

/**
 * Reads a subgraph's folder: `schema.graphql`, `backend.ts` and, where there is one, `resolvers.ts`. Errors: StartupError that
 * names the file and, where it is known, the line; a LoadError where a module throws. A `version` that wasn't there before reads
 * modules anew that were read already; it consists of letters and digits.
 */
export async function readSubgraph(folder: string, version?: string): Promise<SubgraphParts> {
  const missing = ['schema.graphql', 'backend.ts'].filter((file) => !isFile(join(folder, file)));
  if (missing.length > 0) throw new StartupError(missing.map((file) => `there is no ${file}.`));
  const { backend } = await loadModule<{ backend?: Backend }>(folder, 'backend.ts', version);
  if (!backend?.types || !backend.connect) {
    throw new StartupError(['backend.ts: expected "export const backend = sql({ … })", or rest or soap.']);
  }
  const own = isFile(join(folder, 'resolvers.ts'))
    ? await loadModule<{ resolvers?: ResolverMap }>(folder, 'resolvers.ts', version)
    : {};
  return { typeDefs: readText(folder, 'schema.graphql'), backend, resolvers: own.resolvers ?? {} };
}

/**
 * Makes a Federation 2 subgraph of its parts. Errors: StartupError with everything that is wrong in schema, mapping, resolvers
 * and settings, and with what the mapping says of the system that isn't true. A system that can't be reached is only logged.
 */
export async function openSubgraph(parts: SubgraphParts, options: SubgraphOptions): Promise<Subgraph> {
  const { name, environment, log, systemTimeoutMs } = options;
  const { backend } = parts;
  const faults: string[] = [];
  let source: Source | undefined;
  try {
    const { schema, model, faults: found } = await told('its mapping cannot be read', async () => assemble(parts));
    faults.push(...found);
    const missing = missingSettings(backend.settings, environment);
    if (missing.length > 0) throw new StartupError(missing);
    source = await told('connect() fails', async () => backend.connect(settingsFrom(environment)));
    const check = checkOf(schema, model, source, systemTimeoutMs);
    const { faults: untrue, unreachable } = await check();
    faults.push(...untrue);
    const settings = backend.settings.map(({ variable }) => variable).join(', ');
    const details = { subgraph: name, system: backend.system };
    const refused = `${settings}: ${backend.system} refuses us; the log has its words.`;
    // A system that is down comes back by itself; one that refuses us waits for somebody to set this right.
    if (unreachable?.code === 'SYSTEM_REFUSED') {
      log.error({ ...details, reason: unreachable.message }, 'the system refuses us');
      faults.push(refused);
    }
    if (faults.length > 0) throw new StartupError([]);
    let late: Recheck | undefined;
    if (unreachable) {
      const why = { ...details, settings, code: unreachable.code };
      log.warn(why, `not reachable, so its mapping is not checked yet: ${unreachable.message}`);
      late = recheck({ details, refused, check, log });
    }
    return serve(options, schema, model, backend, source, late);
  } catch (error) {
    await source?.close();
    if (!(error instanceof StartupError)) throw error;
    throw new StartupError([...faults, ...error.faults].map((fault) => `${name}: ${fault}`));
  }

  /** What `backend.ts` brought may fail in any way. It may quote a setting then, so that only the log has its words. */
  async function told<T>(what: string, run: () => Promise<T>): Promise<T> {
    try {
      return await run();
    } catch (cause) {
      if (cause instanceof StartupError) throw cause;
      log.error({ subgraph: name, system: backend.system, err: cause }, what);
      throw new StartupError([`backend.ts: ${what} (${kindOf(cause)}); the log has its words.`], { cause });
    }
  }
}

/** Holds the mapping against the system that it speaks of. */
function checkOf(schema: GraphQLSchema, model: Model, source: Source, timeoutMs: number): () => Promise<SystemCheck> {
  const call = { signal: new AbortController().signal, requestId: 'start-up' };
  return async () => {
    const check = await checkSystem(model, source, call, timeoutMs);
    // Afterwards: what a source can do may depend on what it saw of its system.
    return { ...check, faults: [...checkCapabilities(schema, model, source, check.missing), ...check.faults] };
  };
}

/** The executable schema and its model, with everything that can be found wrong without the system. */
export function assemble({ typeDefs, backend, resolvers }: SubgraphParts) {
  const [document, contract] = readContract(typeDefs);
  const model = buildModel(contract, backend);
  const faults = checkContract(contract, model, resolvers);
  const derived = deriveResolvers(contract, model);
  const merged: ResolverMap = { ...derived };
  for (const [type, fields] of Object.entries(resolvers)) merged[type] = { ...derived[type], ...fields };
  const schema = buildSubgraphSchema([
    { typeDefs: document, resolvers: { ...scalarsOf(contract), ...merged } as never },
  ]);
  return { schema, model, faults };
}

function readContract(typeDefs: string): [DocumentNode, GraphQLSchema] {
  try {
    const document = parse(typeDefs);
    return [document, buildSubgraphSchema(document)];
  } catch (cause) {
    const line = cause instanceof GraphQLError ? cause.locations?.[0]?.line : undefined;
    throw new StartupError([`schema.graphql${line ? `:${line}` : ''}: ${(cause as Error).message}`], { cause });
  }
}

/** Less than probes usually wait, so that they hear which system does not answer. */
const pingTimeoutMs = 900;

function serve(
  options: SubgraphOptions,
  schema: GraphQLSchema,
  model: Model,
  backend: Backend,
  source: Source,
  late: Recheck | undefined,
): Subgraph {
  const { name, log, systemTimeoutMs } = options;
  const operations = new Operations(schema);
  const note = noteOnce(name, log);
  const system = { subgraph: name, system: backend.system, kind: source.kind };
  const sink = options.observer?.open(system, () => source.load?.());
  let closed: Promise<void> | undefined;
  const errorLog: ErrorLog = (details, message) =>
    log.error({ subgraph: name, system: backend.system, ...details }, message);
  return {
    name,
    async execute(request, outer) {
      const span = outer.trace?.begin?.(`resolve ${name}`, 'internal');
      const trace = span ?? outer.trace;
      const observer = sink || span ? new CallObserver(sink, outer, trace) : undefined;
      const call: Call = observer ? { ...outer, trace, observer } : outer;
      const loaders = new Loaders(source, call, systemTimeoutMs);
      const context: Context = { call, loaders, note, load: (...args) => loadFields(model.types, context)(...args) };
      const result = await operations.run(request, context).catch((error) => ({ errors: [toGraphQLError(error)] }));
      const answer = clientErrors(name, result, call, errorLog);
      span?.end(answer.errors?.[0] && String(answer.errors[0].extensions.code));
      return answer;
    },
    async health(signal) {
      const start = performance.now();
      const state = { name: backend.system, kind: source.kind, ...(late?.faults.length && { faults: late.faults }) };
      const latencyMs = () => Math.round((performance.now() - start) * 10) / 10;
      try {
        await withinTime({ signal, requestId: 'health' }, pingTimeoutMs, (call) => source.ping(call));
        return { ...state, status: 'up', latencyMs: latencyMs() };
      } catch (error) {
        const code = error instanceof SystemError ? error.code : 'SYSTEM_TIMEOUT';
        return { ...state, status: 'down', latencyMs: latencyMs(), code };
      }
    },
    close() {
      late?.stop();
      sink?.close();
      closed ??= source.close();
      return closed;
    },
  };
}

function scalarsOf(schema: GraphQLSchema): Record<string, unknown> {
  return Object.fromEntries(Object.entries(scalars).filter(([name]) => isScalarType(schema.getType(name))));
}

/** Writes each thing that was noticed once; a table with a million unknown codes is one line, not a million. */
function noteOnce(subgraph: string, log: SubgraphLog): Note {
  const noted = new Set<string>();
  return (message) => {
    if (noted.has(message) || noted.size >= 1000) return;
    noted.add(message);
    log.warn({ subgraph }, message);
  };
}

function toGraphQLError(error: unknown): GraphQLError {
  return new GraphQLError(error instanceof Error ? error.message : String(error), { originalError: error as Error });
}
