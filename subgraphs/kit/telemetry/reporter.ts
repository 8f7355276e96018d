import { type ExportResult, ExportResultCode } from '@opentelemetry/core';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import type { TracerLog } from './tracer.ts';

/** How often it is said that spans are lost, in milliseconds. */
const quietMs = 60_000;

/** An exporter whose failures are logged, at most once a minute, and trouble nobody else. */
export class Reporter implements SpanExporter {
  readonly #exporter: SpanExporter;
  readonly #endpoint: string;
  readonly #log: TracerLog;
  /** What is being sent: what to call when that is over, and how many spans it is. */
  readonly #underWay = new Map<() => void, number>();
  #lost = 0;
  /** Why the last were lost. */
  #code: string | number = 'unknown';
  #saidAt = Number.NEGATIVE_INFINITY;

  constructor(exporter: SpanExporter, endpoint: string, log: TracerLog) {
    this.#exporter = exporter;
    this.#endpoint = endpoint;
    this.#log = log;
  }

  export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    const over = () => done({ code: ExportResultCode.SUCCESS });
    this.#underWay.set(over, spans.length);
    const ended = ({ code, error }: ExportResult) => {
      // False where it was given up before.
      if (!this.#underWay.delete(over)) return;
      if (code !== ExportResultCode.SUCCESS) this.#failed(spans.length, codeOf(error));
      over();
    };
    try {
      this.#exporter.export(spans, ended);
    } catch (error) {
      ended({ code: ExportResultCode.FAILED, error: error as Error });
    }
  }

  /** What is being sent counts as lost. Nothing is sent any more, so all that was lost is told. */
  giveUp(): void {
    for (const [over, spans] of this.#underWay) {
      this.#failed(spans, 'TIMEOUT');
      over();
    }
    this.#underWay.clear();
    if (this.#lost > 0) this.#tell(this.#code);
  }

  shutdown(): Promise<void> {
    return this.#exporter.shutdown();
  }

  /** Of an error only its code: a receiver's own words may be anything. */
  #failed(spans: number, code: string | number): void {
    this.#lost += spans;
    this.#code = code;
    const now = performance.now();
    if (now - this.#saidAt < quietMs) return;
    this.#saidAt = now;
    this.#tell(code);
  }

  #tell(code: string | number): void {
    const expected =
      code === 404
        ? { expected: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT, or /v1/traces below OTEL_EXPORTER_OTLP_ENDPOINT' }
        : {};
    this.#log.warn({ endpoint: this.#endpoint, code, ...expected, lost: this.#lost }, 'spans could not be sent');
    this.#lost = 0;
  }
}

/** An HTTP status, a code of Node's such as ECONNREFUSED, TIMEOUT, or the error's class. */
function codeOf(error: unknown): string | number {
  if (!(error instanceof Error)) return 'unknown';
  const { code } = error as { code?: unknown };
  return typeof code === 'string' || typeof code === 'number' ? code : error.name;
}
