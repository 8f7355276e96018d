import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import { JsonTraceSerializer } from '@opentelemetry/otlp-transformer';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { type Dispatcher, interceptors, Pool } from 'undici';

/** Where spans go. */
export interface ExporterOptions {
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** How long one batch may take, all of its attempts together, in milliseconds. */
  readonly timeoutMs: number;
}

/** What may be better in a moment, and how often it is tried again (OTLP 1.9, "OTLP/HTTP Throttling" and "All Other Responses"). */
const retried = { statusCodes: [429, 502, 503, 504], errorCodes: ['ECONNRESET', 'ECONNREFUSED', 'UND_ERR_SOCKET'] };
const retry = interceptors.retry({
  ...retried,
  methods: ['POST'],
  maxRetries: 5,
  minTimeout: 1_000,
  maxTimeout: 5_000,
  throwOnError: false,
});

/**
 * Sends spans to an OTLP/HTTP receiver, as JSON. By the same client as fetches go: OpenTelemetry's own uses node:http's, whose sockets and
 * streams have other shapes, and V8 then makes Node's own code for all of them less special: one POST a second did that to fifty functions.
 */
export class OtlpExporter implements SpanExporter {
  readonly #options: ExporterOptions;
  readonly #pool: Pool;
  readonly #dispatcher: Dispatcher;
  readonly #underWay = new Set<Sending>();
  #idle: (() => void) | undefined;

  constructor(options: ExporterOptions) {
    this.#options = options;
    this.#pool = new Pool(options.url.origin, { connections: 4, pipelining: 1, allowH2: false });
    this.#dispatcher = this.#pool.compose(retry);
  }

  /** Gives an error whose `code` is the HTTP status, TIMEOUT, or Node's. */
  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const { url, headers, timeoutMs } = this.#options;
    const body = JsonTraceSerializer.serializeRequest(spans);
    if (!body) throw new Error('the spans cannot be written');
    const sending = new Sending((error) => {
      clearTimeout(timer);
      this.#underWay.delete(sending);
      if (this.#underWay.size === 0) this.#idle?.();
      done(error ? { code: ExportResultCode.FAILED, error } : { code: ExportResultCode.SUCCESS });
    });
    const timer = setTimeout(() => sending.giveUp(), timeoutMs);
    this.#underWay.add(sending);
    const all = { 'content-type': 'application/json', accept: 'application/json', ...headers };
    const path = url.pathname + url.search;
    this.#dispatcher.dispatch({ method: 'POST', path, headers: all, body: Buffer.from(body) }, sending);
  }

  /** Waits for what is being sent. */
  async shutdown(): Promise<void> {
    if (this.#underWay.size > 0) {
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
    }
    await this.destroy();
  }

  /** Gives up what is being sent. */
  async destroy(): Promise<void> {
    for (const sending of this.#underWay) sending.giveUp();
    await this.#pool.destroy();
  }
}

/** One batch on its way. */
class Sending implements Dispatcher.DispatchHandler {
  readonly #ended: (error: Error | undefined) => void;
  #controller: Dispatcher.DispatchController | undefined;
  #status = 0;
  #isGivenUp = false;

  constructor(ended: (error: Error | undefined) => void) {
    this.#ended = ended;
  }

  giveUp(): void {
    this.#isGivenUp = true;
    this.#controller?.abort(timeout());
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    this.#controller = controller;
    // It waited for a connection.
    if (this.#isGivenUp) controller.abort(timeout());
  }

  onResponseStart(_controller: Dispatcher.DispatchController, status: number): void {
    this.#status = status;
  }

  /** What the receiver says in words may be anything. */
  onResponseData(): void {}

  onResponseEnd(): void {
    const isTaken = this.#status >= 200 && this.#status < 300;
    this.#ended(isTaken ? undefined : withCode('the receiver refused the spans', this.#status));
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    this.#ended(this.#isGivenUp ? timeout() : error);
  }
}

function timeout(): Error {
  return withCode('the receiver took too long', 'TIMEOUT');
}

function withCode(message: string, code: string | number): Error {
  return Object.assign(new Error(message), { code });
}
