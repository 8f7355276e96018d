import type { FetchStep, Program } from '../operations/program.ts';
import { traceIdOf } from '../telemetry/ids.ts';
import { FetchError } from '../transport/errors.ts';
import type { SubgraphError, SubgraphOperation, SubgraphRequest, SubgraphResponse } from '../transport/transport.ts';
import { compileEntities } from './entities.ts';
import { jsonCopy } from './json.ts';
import { type ObservedFetch, ObservedStep } from './observed-fetch.ts';
import type { Place } from './reading/places.ts';
import { compileRead } from './reading/read.ts';
import { compileRoot } from './root.ts';
import type { Run } from './run.ts';
import type { Target } from './target.ts';

/** Compiles one fetch: makes the request, sends it, merges the response, places the errors. Never rejects. */
export function compileFetch(step: FetchStep, program: Program, places: Place): (run: Run) => Promise<void> {
  const { subgraph, operation: kind, query, operationName: name, variables } = step;
  const read = compileRead(step, places, program);
  const operation: SubgraphOperation = { kind, query, ...(name !== undefined && { name }), ...(read && { read }) };
  const observedStep = new ObservedStep(step);
  const prepare = step.target.kind === 'root' ? compileRoot(step.target, step) : compileEntities(step.target, step);

  return async (run) => {
    const target = prepare(run);
    if (!target) return;
    const started = performance.now();
    const observed = run.observe(observedStep, target.entities, started);
    try {
      const transport = run.transports.get(subgraph);
      if (!transport) throw new FetchError('SUBGRAPH_FAILED', 'expected the generation to have a transport');
      const call = run.fetchCall(observed?.span ?? run.trace);
      const response = await transport.fetch(requestOf(run, target, observed), call);
      observed?.answered(response, run.measures);
      receive(run, target, response);
      observed?.end();
    } catch (cause) {
      const error =
        cause instanceof FetchError ? cause : new FetchError('SUBGRAPH_FAILED', 'the transport failed', { cause });
      observed?.end(error.code);
      report(run, error, cause, performance.now() - started);
      const failure = { message: error.sentence(subgraph), code: error.code, subgraph };
      run.fail(failure, target.allPlaces());
    }
  };

  function requestOf(run: Run, target: Target, record: ObservedFetch | undefined): SubgraphRequest {
    let text = target.variablesText;
    for (const { name, as = name } of variables) {
      const value = run.textOf(name);
      if (value !== undefined) text += `${text === '' ? '' : ','}"${as}":${value}`;
    }
    return {
      operation,
      variablesText: `{${text}}`,
      variables() {
        const given = variables.flatMap(({ name, as = name }) => {
          const value = run.variables[name];
          return value === undefined ? [] : [[as, jsonCopy(value)] as const];
        });
        // Not by setting them: one may be called `__proto__`.
        return Object.fromEntries([...Object.entries(target.variables()), ...given]);
      },
      record,
    };
  }

  function receive(run: Run, target: Target, { data = null, errors }: SubgraphResponse): void {
    if (!errors?.length) {
      if (data === null) throw new FetchError('SUBGRAPH_FAILED', 'expected data or errors, got neither');
      target.merge(data, []);
      return;
    }
    const unplaced = errors.filter((error) => !place(run, target, error));
    // Where there is no data, an error without a place stands for everything that was asked for.
    const first = unplaced[0];
    if (data === null && first) run.fail(wording(first), target.allPlaces());
    if (data === null) return;
    for (const error of unplaced) if (!run.isFull) run.errors.push(wording(error));
    target.merge(data, errors);
  }

  function place(run: Run, target: Target, error: SubgraphError): boolean {
    if (run.isFull) return true;
    const { path } = error;
    const isPath =
      Array.isArray(path) &&
      path.length > 0 &&
      path.every((step) => typeof step === 'string' || typeof step === 'number');
    const places = (isPath && target.places(path)) || [];
    run.fail(wording(error), places);
    return places.length > 0;
  }

  /** Message and code of a subgraph's error, and nothing else: what more there is may tell too much. */
  function wording({ message, extensions }: SubgraphError) {
    const code = extensions?.code;
    return {
      message: typeof message === 'string' && message ? message : `The subgraph "${subgraph}" answered with an error.`,
      code: typeof code === 'string' && code ? code : 'DOWNSTREAM_SERVICE_ERROR',
      subgraph,
    };
  }

  function report(run: Run, { code, message: detail }: FetchError, cause: unknown, ms: number): void {
    const { requestId, trace } = run;
    const fields = { requestId, traceId: traceIdOf(trace), subgraph, code, detail, ms: Math.round(ms) };
    const level = code === 'REQUEST_CANCELED' ? 'debug' : 'warn';
    // Why a connection failed says `detail`; why something broke says only its stack.
    const err = cause instanceof FetchError ? cause.cause : cause;
    run.log[level](code === 'SUBGRAPH_FAILED' && err !== undefined ? { ...fields, err } : fields, 'a fetch failed');
  }
}
