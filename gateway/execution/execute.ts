import type { Logger } from 'pino';
import { actualCost } from '../operations/cost/actual.ts';
import { estimateCost } from '../operations/cost/estimate.ts';
import type { CostExpression } from '../operations/cost/expression.ts';
import { tooExpensive } from '../operations/limits/expensive.ts';
import { OperationRefusedError, type Refusal } from '../operations/refusal.ts';
import { traceIdOf } from '../telemetry/ids.ts';
import { refusedTrace, toldSources, toldTrace } from '../telemetry/told.ts';
import type { Transport } from '../transport/transport.ts';
import type { CompiledOperation } from './compile.ts';
import { holds } from './conditions.ts';
import { errorsText, placeInAnswer } from './field-errors.ts';
import { type RequestCall, Run } from './run.ts';
import { bytesOf, type Utf8, utf8 } from './utf8.ts';
import type { Variables } from './variables.ts';

/** What running an operation takes. */
export interface ExecuteOptions {
  readonly operation: CompiledOperation;
  /** The values of the literals that were taken out of the client's text. */
  readonly literals: Variables;
  /** What the client gave. */
  readonly variables: Variables;
  /** The ways to the subgraphs, by name. */
  readonly transports: ReadonlyMap<string, Transport>;
  /** The longest that one fetch may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
  /** Answers an introspection operation of one field: its value as JSON. Rejects with an OperationRefusedError where it can't. */
  readonly introspect: (query: string, variables: Record<string, unknown>) => Promise<string>;
  readonly call: RequestCall;
  /** Whether an operation of which a part is refused to the caller is refused as a whole. @default false */
  readonly rejects?: boolean;
  /** The most that an operation may cost. @default as much as it likes */
  readonly maximumCost?: number;
  /** Whether the answer tells what it cost, under `extensions.cost`: counting that takes as long as reading the answer. @default false */
  readonly tellsCost?: boolean;
  /** Whether it tells when which subgraph was read, under `extensions.sources`. Needs the call's record. @default false */
  readonly tellsSources?: boolean;
  /** Whether it tells how it was made, under `extensions.trace`, or that it doesn't. Needs the call's record. @default neither */
  readonly tellsTrace?: 'told' | 'refused' | undefined;
  readonly log: Logger;
}

/** How running an operation went. */
export type Outcome =
  /** It ran. The response as JSON; its `errors` tell what is missing in `data`. */
  | { readonly kind: 'answered'; readonly body: Utf8 }
  /** It didn't run: the client must change the request. */
  | { readonly kind: 'refused'; readonly errors: readonly Refusal[] }
  /** It didn't run: the caller may not see all that it asks for. */
  | { readonly kind: 'unauthorized'; readonly errors: readonly Refusal[] }
  /** It broke down inside the gateway. */
  | { readonly kind: 'failed'; readonly errors: readonly Refusal[] };

/** Runs a prepared operation. Never rejects. */
export async function execute(options: ExecuteOptions): Promise<Outcome> {
  const { operation, call, log } = options;
  const span = call.trace?.begin?.('execute', 'internal');
  if (call.record) call.record.executedAt = performance.now();
  try {
    const read = operation.variables(options.variables, options.literals);
    if ('errors' in read) return { kind: 'refused', errors: read.errors };
    const cost = costOf(options, read.values);
    if (cost && cost.estimated > cost.maximum) return { kind: 'refused', errors: [tooExpensive(cost)] };
    const unauthorized = options.rejects ? refusedParts(operation, read.values) : [];
    if (unauthorized.length > 0) return { kind: 'unauthorized', errors: unauthorized };
    const trace = span ?? call.trace;
    const run = new Run({ ...options, variables: read.values, interfaces: operation.interfaces, trace });
    let introspected = nothing;
    if (operation.introspected.length === 0) await operation.fetch?.(run);
    else [introspected] = await Promise.all([introspect(options, run), operation.fetch?.(run)]);
    return { kind: 'answered', body: answer(options, run, introspected, cost) };
  } catch (error) {
    if (error instanceof OperationRefusedError) return { kind: 'refused', errors: error.errors };
    const { requestId, trace } = call;
    log.error({ requestId, traceId: traceIdOf(trace), err: error }, 'an operation failed inside the gateway');
    const extensions = { code: 'INTERNAL_SERVER_ERROR', requestId: call.requestId };
    return { kind: 'failed', errors: [{ message: 'Internal error', extensions }] };
  } finally {
    span?.end();
  }
}

function answer(
  options: ExecuteOptions,
  run: Run,
  introspected: ReadonlyMap<string, string>,
  cost: Cost | undefined,
): Utf8 {
  const { program, complete } = options.operation;
  const { tree, variables, absent } = run;
  const errors = run.errors.map((error) =>
    error.path ? { ...error, path: placeInAnswer(error.path, program, tree, variables) } : error,
  );
  const data = complete({ tree, variables, errors, absent, introspected });
  const rest = `${extensionsText(options, run, cost, data.text)}}`;
  if (errors.length === 0 && data.errors.length === 0) return `{"data":${data.text}${rest}` as Utf8;
  const all = [...errors, ...data.errors];
  const { text, count } = errorsText(all);
  const { record } = options.call;
  if (record) {
    record.errors = count;
    record.failures = all.filter(({ code }) => code !== 'UNAUTHORIZED_FIELD_OR_TYPE').length;
  }
  return `{"errors":${text},"data":${data.text}${rest}` as Utf8;
}

interface Cost {
  readonly expression: CostExpression;
  readonly estimated: number;
  readonly maximum: number;
}

function costOf(
  { operation, maximumCost: maximum = Number.POSITIVE_INFINITY }: ExecuteOptions,
  variables: Variables,
): Cost | undefined {
  const { cost: expression } = operation.program;
  return expression && { expression, estimated: estimateCost(expression, variables), maximum };
}

/** What the answer tells beside data and errors, as a member of it; empty where nothing is asked for. */
function extensionsText(
  { operation, call: { record }, tellsCost, tellsSources, tellsTrace }: ExecuteOptions,
  { variables }: Run,
  cost: Cost | undefined,
  text: Utf8,
): Utf8 | '' {
  if (!tellsCost && !tellsSources && !tellsTrace) return '';
  const extensions = {
    ...(tellsCost && cost && { cost: toldCost(cost, variables, text) }),
    ...(tellsSources && record && { sources: toldSources(record) }),
    ...(tellsTrace === 'told' && record && { trace: toldTrace(record, refusedParts(operation, variables)) }),
    ...(tellsTrace === 'refused' && { trace: refusedTrace }),
  };
  return Object.keys(extensions).length === 0 ? '' : utf8(`,"extensions":${JSON.stringify(extensions)}`);
}

function toldCost({ expression, estimated, maximum }: Cost, variables: Variables, text: Utf8) {
  const actual = actualCost(expression, variables, JSON.parse(bytesOf(text).toString()));
  return { estimated, actual, maximum };
}

/** What is refused of all that is asked for in this run. */
function refusedParts({ program: { refusals = [] } }: CompiledOperation, variables: Variables): Refusal[] {
  return refusals
    .filter(({ when }) => holds(when, variables))
    .map(({ message, path }) => ({ message, path, extensions: { code: 'UNAUTHORIZED_FIELD_OR_TYPE' } }));
}

const nothing: ReadonlyMap<string, string> = new Map();

/** The values of the introspection fields that depend on variables, by response key. */
async function introspect(
  { operation, introspect }: ExecuteOptions,
  { variables }: Run,
): Promise<ReadonlyMap<string, string>> {
  const asked = operation.introspected.map(async ({ key, query, variables: names }) => {
    const given = Object.fromEntries(names.map((name) => [name, variables[name]]));
    return [key, await introspect(query, given)] as const;
  });
  return new Map(await Promise.all(asked));
}
