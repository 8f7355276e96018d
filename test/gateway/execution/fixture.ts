import { compile } from '../../../gateway/execution/compile.ts';
import { execute, type Outcome } from '../../../gateway/execution/execute.ts';
import { bytesOf } from '../../../gateway/execution/utf8.ts';
import type {
  FetchStep,
  Program,
  SelectedField,
  Selection,
  Step,
  ValueShape,
} from '../../../gateway/operations/program.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { Cancellation } from '../../../gateway/transport/cancellation.ts';
import { readResponse } from '../../../gateway/transport/response.ts';
import type { SubgraphResponse, Transport } from '../../../gateway/transport/transport.ts';

/** What a subgraph answers: always the same, or when it wants to; or the bytes of a response. */
export type Canned = SubgraphResponse | Promise<SubgraphResponse> | string;

/** An operation, and what each of its fetches gets: by the subgraph's name. */
export interface Question {
  readonly program: Program;
  readonly answers?: Readonly<Record<string, Canned>>;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly introspect?: () => Promise<string>;
}

/** What the client gets, and the variables that each fetch sent. */
export interface Answered {
  readonly outcome: Outcome;
  /** The body of an answer. */
  readonly body?: unknown;
  readonly sent: Readonly<Record<string, unknown>>;
}

export async function ask({ program, answers = {}, variables = {}, introspect }: Question): Promise<Answered> {
  const sent: Record<string, unknown> = {};
  const transport = (name: string, answer: Canned): Transport => ({
    where: 'in the test',
    fetch: async (request) => {
      sent[name] = { text: request.variablesText, values: request.variables() };
      if (typeof answer !== 'string') return answer;
      const bytes = Buffer.from(answer);
      return readResponse({ status: 200, type: 'application/json', bytes }, request.operation.read);
    },
    health: async () => ({ status: 'up' }),
    close: async () => {},
  });
  const outcome = await execute({
    // As it comes from a planning thread.
    operation: compile(JSON.parse(JSON.stringify(program))),
    literals: {},
    variables,
    transports: new Map(Object.entries(answers).map(([name, answer]) => [name, transport(name, answer)])),
    fetchTimeoutMs: 60_000,
    introspect: introspect ?? (() => Promise.reject(new Error('Nothing to introspect'))),
    call: { cancellation: new Cancellation(), deadline: Number.POSITIVE_INFINITY, requestId: 'test' },
    log: createLog({ level: 'silent' }),
  });
  return { outcome, ...(outcome.kind === 'answered' && { body: JSON.parse(bytesOf(outcome.body).toString()) }), sent };
}

export function program(steps: Step, selections: readonly Selection[], more: Partial<Program> = {}): Program {
  return {
    kind: 'query',
    text: '{…}',
    variables: [],
    inputTypes: {},
    steps,
    selections,
    enums: {},
    interfaceObjects: [],
    ...more,
  };
}

export function selection(type: string, ...fields: SelectedField[]): Selection {
  return { type, fields };
}

export const string: ValueShape = { kind: 'leaf', type: 'String' };

export const object = (selection: number): ValueShape => ({ kind: 'object', selection });

export const listOf = (of: ValueShape): ValueShape => ({ kind: 'list', of });

export const required = (shape: ValueShape): ValueShape => ({ ...shape, required: true });

export function rootFetch(subgraph: string, keys: readonly string[], more: Partial<FetchStep> = {}): FetchStep {
  const target = { kind: 'root', keys: keys.map((key) => ({ key })) } as const;
  const response = { fields: [], isUniform: false };
  return {
    kind: 'fetch',
    subgraph,
    operation: 'query',
    query: '{…}',
    variables: [],
    target,
    response,
    renames: [],
    ...more,
  };
}

/** Entities of the type `Item`, by `id`. */
export function itemFetch(subgraph: string, path: readonly string[], more: Partial<FetchStep> = {}): FetchStep {
  const fields = ['__typename', 'id'].map((from) => ({ as: from, from }));
  const target = { kind: 'entities', path, variable: 'representations', representations: { Item: fields } } as const;
  return { ...rootFetch(subgraph, []), target, ...more };
}

export const sequence = (...steps: Step[]): Step => ({ kind: 'sequence', steps });

export const parallel = (...steps: Step[]): Step => ({ kind: 'parallel', steps });
