import { createServer, type IncomingHttpHeaders } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';

/** A span as a receiver gets it. */
export interface OtlpSpan {
  readonly service: string;
  readonly name: string;
  readonly kind: 'internal' | 'server' | 'client' | 'producer' | 'consumer' | 'unspecified';
  readonly traceId: string;
  readonly spanId: string;
  /** Undefined for the first of a trace. */
  readonly parentSpanId: string | undefined;
  readonly tracestate: string | undefined;
  readonly attributes: Readonly<Record<string, unknown>>;
  readonly status: 'unset' | 'ok' | 'error';
  /** Nanoseconds since 1970. */
  readonly start: bigint;
  readonly end: bigint;
}

/** A receiver of traces by OTLP/HTTP, which keeps what it gets. */
export interface Otlp {
  /** Where it takes spans: what a tracer is given as its endpoint. */
  readonly url: string;
  /** All spans so far, in the order in which they began. */
  spans(): OtlpSpan[];
  /** Waits until there are so many; rejects after a minute and says which there are. */
  until(count: number): Promise<OtlpSpan[]>;
  /** Every request as it came: to look for what mustn't be in one. */
  readonly requests: readonly { readonly headers: IncomingHttpHeaders; readonly text: string }[];
}

/** How it answers: it keeps nothing unless the status is 200, and `never` leaves every request without an answer. @default 200 */
export type OtlpAnswer = number | 'never';

/** Starts a receiver on a free port of the loopback, until the test ends. It knows no other path than this one. */
export async function startOtlp(
  t: Pick<TestContext, 'after'>,
  answer: OtlpAnswer = 200,
  path = '/v1/traces',
): Promise<Otlp> {
  const requests: { headers: IncomingHttpHeaders; text: string }[] = [];
  const kept: OtlpSpan[] = [];
  let changed = Promise.withResolvers<void>();
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    requests.push({ headers: request.headers, text });
    if (request.method !== 'POST' || request.url !== path) return response.writeHead(404).end();
    if (answer === 'never') return;
    if (answer === 200) kept.push(...spansIn(JSON.parse(text)));
    changed.resolve();
    changed = Promise.withResolvers<void>();
    response.writeHead(answer, { 'content-type': 'application/json' }).end('{}');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  });
  const spans = () => kept.toSorted((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    requests,
    spans,
    async until(count) {
      const late = Promise.withResolvers<'late'>();
      const timer = setTimeout(late.resolve, 60_000, 'late');
      try {
        while (kept.length < count)
          if ((await Promise.race([changed.promise, late.promise])) === 'late')
            throw new Error(
              `expected ${count} spans within a minute, got ${kept.map(({ name }) => name).join(', ') || 'none'}`,
            );
      } finally {
        clearTimeout(timer);
      }
      return spans();
    },
  };
}

/** OTLP 1.x as JSON: ids are hexadecimal text, 64-bit numbers text or numbers. */
interface Body {
  readonly resourceSpans?: readonly {
    readonly resource?: { readonly attributes?: readonly KeyValue[] };
    readonly scopeSpans?: readonly { readonly spans?: readonly WireSpan[] }[];
  }[];
}

interface WireSpan {
  readonly name: string;
  readonly kind?: number;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly traceState?: string;
  readonly attributes?: readonly KeyValue[];
  readonly status?: { readonly code?: number };
  readonly startTimeUnixNano: string | number;
  readonly endTimeUnixNano: string | number;
}

interface KeyValue {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

const kinds = ['unspecified', 'internal', 'server', 'client', 'producer', 'consumer'] as const;
const statuses = ['unset', 'ok', 'error'] as const;

function spansIn({ resourceSpans = [] }: Body): OtlpSpan[] {
  return resourceSpans.flatMap(({ resource, scopeSpans = [] }) => {
    const service = String(attributesOf(resource?.attributes)['service.name']);
    return scopeSpans.flatMap(({ spans = [] }) => spans.map((span) => spanOf(span, service)));
  });
}

function spanOf(span: WireSpan, service: string): OtlpSpan {
  const { name, traceId, spanId, parentSpanId, traceState } = span;
  return {
    service,
    name,
    kind: kinds[span.kind ?? 0] ?? 'unspecified',
    traceId,
    spanId,
    parentSpanId: parentSpanId || undefined,
    tracestate: traceState || undefined,
    attributes: attributesOf(span.attributes),
    status: statuses[span.status?.code ?? 0] ?? 'unset',
    start: BigInt(span.startTimeUnixNano),
    end: BigInt(span.endTimeUnixNano),
  };
}

function attributesOf(list: readonly KeyValue[] = []): Record<string, unknown> {
  return Object.fromEntries(list.map(({ key, value }) => [key, plain(value)]));
}

function plain(value: KeyValue['value']): unknown {
  return 'intValue' in value ? Number(value.intValue) : Object.values(value)[0];
}
