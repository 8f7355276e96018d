import {
  type Context,
  type Span as OtelSpan,
  SpanKind as OtelSpanKind,
  type Tracer as OtelTracer,
  ROOT_CONTEXT,
  SpanStatusCode,
  TraceFlags,
  trace,
} from '@opentelemetry/api';
import { TraceState } from '@opentelemetry/core';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import type { CallerContext } from './context.ts';
import { OtlpExporter } from './exporter.ts';
import { Reporter } from './reporter.ts';
import type { Span, SpanAttributes, SpanKind } from './trace.ts';
import type { TracerOptions } from './tracer.ts';

/** Records spans. What isn't recorded never comes here. */
export interface Recorder {
  start(caller: CallerContext | undefined, name: string, attributes: SpanAttributes | undefined): Span;
  shutdown(): Promise<void>;
}

/**
 * How much of a text a span has, in characters. Clients write documents as long as they are allowed to: of a batch of 512 spans that is larger
 * than what a receiver takes (20 MB of OpenTelemetry's own collector), everybody's would be lost.
 */
const longestText = 8_192;

/** How long one batch of spans may take to be sent, and all of them in the end, in milliseconds. */
const exportTimeoutMs = 5_000;
const shutdownTimeoutMs = 2_000;

/** The part of tracing that OpenTelemetry's SDK does: spans, batches, sending. */
export async function openRecorder(options: TracerOptions): Promise<Recorder> {
  const { serviceName, endpoint, headers, log, delayMs = 1_000 } = options;
  const url = new URL(endpoint);
  const otlp = new OtlpExporter({ url, headers, timeoutMs: exportTimeoutMs });
  const reporter = new Reporter(options.exporter ?? otlp, url.origin, log);
  const provider = new BasicTracerProvider({
    resource: defaultResource().merge(resourceFromAttributes({ 'service.name': serviceName })),
    // The choice was made before, so that what isn't recorded costs nothing.
    sampler: new AlwaysOnSampler(),
    spanLimits: { attributeValueLengthLimit: longestText },
    spanProcessors: [new BatchSpanProcessor(reporter, { scheduledDelayMillis: delayMs, maxQueueSize: 4_096 })],
  });
  const tracer = provider.getTracer('junction');
  return {
    start(caller, name, attributes) {
      const context = caller ? trace.setSpanContext(ROOT_CONTEXT, spanContextOf(caller)) : ROOT_CONTEXT;
      const recording = { tracer, tracestate: caller?.tracestate, epoch: Date.now() - performance.now() };
      return begin(recording, context, name, 'server', attributes);
    },
    async shutdown() {
      const late = Promise.withResolvers<void>();
      const timer = setTimeout(late.resolve, shutdownTimeoutMs);
      await Promise.race([provider.shutdown().catch(() => {}), late.promise]);
      clearTimeout(timer);
      reporter.giveUp();
      // A receiver that doesn't answer would hold up the end of the process.
      await otlp.destroy();
    },
  };
}

const kinds = { internal: OtelSpanKind.INTERNAL, server: OtelSpanKind.SERVER, client: OtelSpanKind.CLIENT } as const;

/** What the spans of one trace have in common here. */
interface Recording {
  readonly tracer: OtelTracer;
  readonly tracestate: string | undefined;
  /** Added to `performance.now()` it is the time of day: one clock for all, which the SDK's, of whole milliseconds, is not. */
  readonly epoch: number;
}

function begin(
  recording: Recording,
  context: Context,
  name: string,
  kind: SpanKind,
  attributes: SpanAttributes | undefined,
): Span {
  const startTime = recording.epoch + performance.now();
  const options = { kind: kinds[kind], startTime, ...(attributes && { attributes }) };
  return new Recorded(recording, recording.tracer.startSpan(name, options, context));
}

class Recorded implements Span {
  readonly traceparent: string;
  readonly tracestate: string | undefined;
  readonly #recording: Recording;
  readonly #span: OtelSpan;
  #context: Context | undefined;

  constructor(recording: Recording, span: OtelSpan) {
    const { traceId, spanId } = span.spanContext();
    this.traceparent = `00-${traceId}-${spanId}-01`;
    this.tracestate = recording.tracestate;
    this.#recording = recording;
    this.#span = span;
  }

  begin(name: string, kind: SpanKind, attributes?: SpanAttributes): Span {
    this.#context ??= trace.setSpan(ROOT_CONTEXT, this.#span);
    return begin(this.#recording, this.#context, name, kind, attributes);
  }

  set(attributes: SpanAttributes): void {
    if (this.#span.isRecording()) this.#span.setAttributes(attributes);
  }

  rename(name: string): void {
    this.#span.updateName(name);
  }

  end(code?: string): void {
    if (!this.#span.isRecording()) return;
    if (code !== undefined) this.#span.setAttribute('error.type', code).setStatus({ code: SpanStatusCode.ERROR });
    this.#span.end(this.#recording.epoch + performance.now());
  }
}

function spanContextOf({ traceId, spanId, tracestate }: CallerContext) {
  const traceState = tracestate === undefined ? {} : { traceState: new TraceState(tracestate) };
  return { traceId, spanId, traceFlags: TraceFlags.SAMPLED, isRemote: true, ...traceState };
}
