import type { PlannerOptions } from '../operations/planner.ts';
import { type PlannerProcess, ProcessEndedError } from '../operations/process.ts';
import type { Rule } from '../operations/rule.ts';
import type { Supergraph } from './compose.ts';
import { CompositionError, CompositionTimeoutError } from './errors.ts';
import type { SubgraphSchema } from './schema.ts';

/** How long composing may take, and loading what was composed, in milliseconds. A thousand types take about 6 s. */
const limitMs = 30_000;

/**
 * Composes in a planning process, which can then load what it has composed and plan for it: Apollo's packages are imported once,
 * and no other process is held up. Errors, after which the process is ended: CompositionError with all faults; CompositionTimeoutError
 * when time is up; the signal's reason when it aborts.
 */
export async function composeInProcess(
  planner: PlannerProcess,
  schemas: readonly SubgraphSchema[],
  { signal, timeoutMs = limitMs }: { readonly signal?: AbortSignal; readonly timeoutMs?: number } = {},
): Promise<Supergraph> {
  const begun = performance.now();
  const asked = planner.ask({ kind: 'compose', schemas });
  const supergraph = await limited(planner, asked, { what: 'composing', signal, timeoutMs });
  return { ...supergraph, composedInMs: Math.round(performance.now() - begun) };
}

/**
 * Loads a supergraph into a planning process, which then plans for it, and gives its rules. Errors, as of `composeInProcess`:
 * CompositionError for one that doesn't load, such as one with `@context`: what nobody carries out must not be taken for done.
 */
export async function loadInProcess(
  planner: PlannerProcess,
  { sdl }: Supergraph,
  {
    signal,
    timeoutMs = limitMs,
    ...options
  }: PlannerOptions & { readonly signal?: AbortSignal | undefined; readonly timeoutMs?: number } = {},
): Promise<readonly Rule[]> {
  return limited(planner, planner.ask({ kind: 'load', sdl, options }), {
    what: 'loading the supergraph',
    signal,
    timeoutMs,
  });
}

interface Limits {
  readonly what: string;
  readonly signal: AbortSignal | undefined;
  readonly timeoutMs: number;
}

async function limited<T>(planner: PlannerProcess, asked: Promise<T>, { what, signal, timeoutMs }: Limits): Promise<T> {
  const timeout = AbortSignal.timeout(timeoutMs);
  const either = signal ? AbortSignal.any([signal, timeout]) : timeout;
  const onAbort = () => void planner.end();
  either.addEventListener('abort', onAbort);
  try {
    either.throwIfAborted();
    const answer = await asked;
    // It may have come just before the process was ended.
    either.throwIfAborted();
    return answer;
  } catch (cause) {
    asked.catch(() => {});
    await planner.end();
    signal?.throwIfAborted();
    if (timeout.aborted)
      throw new CompositionTimeoutError([`${what} took longer than ${timeoutMs} ms and was given up.`], { cause });
    const memory = cause instanceof ProcessEndedError && cause.reason === 'memory';
    throw memory ? new CompositionError([`${what} takes more memory than PLAN_MEMORY_MB allows.`], { cause }) : cause;
  } finally {
    either.removeEventListener('abort', onAbort);
  }
}
