import type { Logger } from 'pino';
import type { Trace } from '../../subgraphs/kit/telemetry/trace.ts';
import type { RequestRecord } from '../telemetry/record.ts';
import type { FetchCaller } from '../transport/caller.ts';
import type { Cancellation } from '../transport/cancellation.ts';
import type { FetchCall, Transport } from '../transport/transport.ts';
import { type FieldError, mostErrors } from './field-errors.ts';
import { jsonText } from './json.ts';
import { ObservedFetch, type ObservedStep } from './observed-fetch.ts';
import type { Path, Tree } from './tree.ts';
import type { Variables } from './variables.ts';

/** What every fetch of one client request shares. */
export interface RequestCall {
  /** Tells when the client is gone. */
  readonly cancellation: Cancellation;
  /** When the request's time is over, by `performance.now()`. */
  readonly deadline: number;
  readonly requestId: string;
  /** What subgraphs get of who asks. */
  readonly caller?: FetchCaller | undefined;
  /** Where each fetch is written down; undefined where nobody wants to know. */
  readonly record?: RequestRecord | undefined;
  /** Where in a trace the request is. */
  readonly trace?: Trace | undefined;
  /** Whether to find out how long answers are that don't come as bytes: that takes as long as writing them. @default false */
  readonly measures?: boolean;
}

/** What a run is given. */
export interface RunOptions {
  readonly variables: Variables;
  /** The names of interfaces that some subgraph takes for an object's type. */
  readonly interfaces: ReadonlySet<string>;
  /** The ways to the subgraphs, by name. */
  readonly transports: ReadonlyMap<string, Transport>;
  /** The longest that one fetch may take, in milliseconds. */
  readonly fetchTimeoutMs: number;
  readonly call: RequestCall;
  /** Where its fetches are made from. */
  readonly trace?: Trace | undefined;
  readonly log: Logger;
}

/** One run of an operation: what it was given, and what has come of it so far. */
export class Run {
  readonly tree: Tree = {};
  readonly errors: FieldError[] = [];
  /** Objects that a subgraph was asked about and doesn't have. */
  readonly absent = new Set<Tree>();
  readonly variables: Variables;
  readonly interfaces: ReadonlySet<string>;
  readonly transports: ReadonlyMap<string, Transport>;
  readonly log: Logger;
  readonly requestId: string;
  readonly trace: Trace | undefined;
  readonly measures: boolean;
  readonly #call: RequestCall;
  readonly #fetchTimeoutMs: number;
  readonly #texts = new Map<string, string>();

  constructor({ variables, interfaces, transports, fetchTimeoutMs, call, trace, log }: RunOptions) {
    this.variables = variables;
    this.interfaces = interfaces;
    this.transports = transports;
    this.log = log;
    this.requestId = call.requestId;
    this.trace = trace;
    this.measures = call.measures ?? false;
    this.#call = call;
    this.#fetchTimeoutMs = fetchTimeoutMs;
  }

  /** What a fetch that starts now needs to know. `trace`: where it's made from. */
  fetchCall(trace: Trace | undefined): FetchCall {
    const { cancellation, deadline: end, requestId, caller } = this.#call;
    const deadline = Math.min(end, performance.now() + this.#fetchTimeoutMs);
    return { cancellation, requestId, caller, trace, deadline };
  }

  /** Writes a fetch down that begins now, where somebody wants to know of it. */
  observe(observed: ObservedStep, entities: number | undefined, startedAt: number): ObservedFetch | undefined {
    const { record } = this.#call;
    if (!record) return undefined;
    const fetch = new ObservedFetch(observed.step, startedAt, observed.span(this.trace, entities));
    record.fetches.push(fetch);
    return fetch;
  }

  /** Whether no more errors are kept. */
  get isFull(): boolean {
    return this.errors.length >= mostErrors;
  }

  /** Keeps an error with each of its places. */
  fail(error: Omit<FieldError, 'path'>, places: readonly Path[]): void {
    for (const path of places) if (!this.isFull) this.errors.push({ ...error, path });
  }

  /** A variable's value as JSON, made once; undefined where there is none. */
  textOf(variable: string): string | undefined {
    const known = this.#texts.get(variable);
    if (known !== undefined) return known;
    const value = this.variables[variable];
    if (value === undefined) return undefined;
    const text = jsonText(value);
    this.#texts.set(variable, text);
    return text;
  }
}
