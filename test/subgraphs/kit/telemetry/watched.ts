import assert from 'node:assert/strict';
import type { TestContext } from 'node:test';
import { Registry } from 'prom-client';
import type { Call } from '../../../../subgraphs/kit/source.ts';
import { SystemMetrics } from '../../../../subgraphs/kit/telemetry/metrics.ts';
import { CallObserver } from '../../../../subgraphs/kit/telemetry/observer.ts';
import type { Span } from '../../../../subgraphs/kit/telemetry/trace.ts';
import { createTracer } from '../../../../subgraphs/kit/telemetry/tracer.ts';
import { type Otlp, type OtlpSpan, startOtlp } from '../../../servers/otlp.ts';

/** What sees a client's calls. */
export interface Watched {
  readonly metrics: SystemMetrics;
  readonly otlp: Otlp;
  /** What a request of a client brings along, with its span. */
  call(signal?: AbortSignal): { readonly call: Call; readonly span: Span };
}

/** A tracer with a receiver, and metrics, until the test ends. */
export async function watched(t: TestContext): Promise<Watched> {
  // A receiver that is gone before the tracer would be waited for.
  const after = (stop: () => unknown) => t.after(() => tracer.shutdown().then(stop));
  const otlp = await startOtlp({ after });
  const options = { serviceName: 'test', endpoint: otlp.url, headers: {}, ratio: 1, followsCallers: true, delayMs: 1 };
  const tracer = await createTracer({ ...options, log: { warn: (details) => assert.fail(JSON.stringify(details)) } });
  return {
    metrics: new SystemMetrics(new Registry()),
    otlp,
    call(signal = new AbortController().signal) {
      const trace = tracer.start({}, 'test');
      assert.ok('end' in trace);
      return { call: { signal, requestId: 'r1', trace }, span: trace };
    },
  };
}

/** A call that a source is given, as a subgraph makes it. */
export function observed({ metrics, call }: Watched, kind: string, signal?: AbortSignal) {
  const { call: outer, span } = call(signal);
  const sink = metrics.open({ subgraph: 'library', system: 'library', kind }, () => undefined);
  return { call: { ...outer, observer: new CallObserver(sink, outer, outer.trace) }, span };
}

/** What was counted: how often each code. */
export function codes({ metrics }: Watched): Record<string, number> {
  const [system] = metrics.recent();
  const minutes = system?.minutes ?? [];
  const errors = minutes.flatMap((minute) => Object.entries(minute.errors));
  const failed = Object.groupBy(errors, ([code]) => code);
  const sums = Object.entries(failed).map(([code, each = []]) => [code, each.reduce((sum, [, n]) => sum + n, 0)]);
  return { calls: minutes.reduce((sum, { calls }) => sum + calls, 0), ...Object.fromEntries(sums) };
}

/** Name, status and attributes, but for what differs from run to run. */
export function told(spans: readonly OtlpSpan[]) {
  return spans.map(({ name, kind, status, attributes }) => {
    const rest = Object.fromEntries(
      Object.entries(attributes).filter(([key]) => !['server.port', 'db.namespace', 'junction.wait_ms'].includes(key)),
    );
    return { name, kind, status, attributes: rest };
  });
}
