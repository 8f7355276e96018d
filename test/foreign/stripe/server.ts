import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import Fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import type { StripeRecord, StripeRecords } from './records.ts';

const document = JSON.parse(readFileSync(resolve(import.meta.dirname, '../stripe-openapi.json'), 'utf8')) as {
  readonly paths: Readonly<Record<string, { readonly get?: { readonly parameters?: readonly Parameter[] } }>>;
};

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly style?: string;
  readonly schema: { readonly type?: string; readonly enum?: readonly string[]; readonly anyOf?: readonly object[] };
}

/** A server that answers as Stripe does. */
export interface StripeServer {
  readonly url: string;
  /** Every request since this was last asked. */
  calls(): string[];
  close(): Promise<void>;
}

/** Its secret key. */
export const stripeKey = 'sk_test_26PHem9AhJZvU623DfE1x4sd';

/** Starts it, with these records, the latest of each kind first. Requests that the description doesn't have are refused. */
export async function startStripe(records: StripeRecords): Promise<StripeServer> {
  let calls: string[] = [];
  const app = Fastify({ forceCloseConnections: true });
  app.addHook('onRequest', async (request, reply) => {
    calls.push(`${request.method} ${decodeURIComponent(request.url)}`);
    if (request.headers.authorization !== `Bearer ${stripeKey}`)
      return refuse(reply, 401, `Invalid API Key provided: ${request.headers.authorization?.slice(-4)}`);
    const fault = undescribed(request);
    if (fault) return refuse(reply, 400, fault);
  });
  app.setNotFoundHandler((request, reply) => refuse(reply, 404, `Unrecognized request URL (GET: ${request.url}).`));
  app.get('/openapi.json', async () => document);
  app.get('/v1/balance', async () => ({ object: 'balance', available: [], pending: [], livemode: false }));
  app.get('/v1/customers/:id/balance_transactions', (request, reply) => {
    const { id } = request.params as { id: string };
    const customer = records.customers.find((each) => each.id === id);
    if (!customer || customer.deleted) return refuse(reply, 404, `No such customer: '${id}'`);
    return pageOf(
      records.balance_transactions.filter((each) => each.customer === id),
      request,
      reply,
    );
  });
  for (const kind of ['customers', 'invoices', 'charges', 'refunds'] as const) {
    app.get(`/v1/${kind}`, (request, reply) => {
      // What is deleted is in no list.
      return pageOf(
        records[kind].filter((record) => !record.deleted && matches(record, request.query as Query)),
        request,
        reply,
      );
    });
    app.get(`/v1/${kind}/:id`, (request, reply) => {
      const { id } = request.params as { id: string };
      const record = records[kind].find((each) => each.id === id);
      return record ? reply.send(record) : refuse(reply, 404, `No such ${kind.slice(0, -1)}: '${id}'`);
    });
  }
  for (const kind of ['customers', 'invoices'] as const) {
    app.get(`/v1/${kind}/search`, (request, reply) => {
      const { query = '', limit = 10 } = request.query as Query;
      const term = /^(number|metadata\["(\w+)"\]):("(?:[^"\\]|\\.)*")$/.exec(String(query));
      if (!term) return refuse(reply, 400, `We were unable to parse your search query: ${query}`);
      const value = JSON.parse(term[3] as string);
      const found = records[kind].filter(
        (each) => !each.deleted && (term[2] ? each.metadata?.[term[2]] : each.number) === value,
      );
      const data = found.slice(0, Number(limit));
      return reply.send({
        object: 'search_result',
        url: `/v1/${kind}/search`,
        has_more: found.length > data.length,
        data,
      });
    });
  }
  const url = await app.listen({ host: '127.0.0.1', port: 0 });
  return {
    url,
    calls() {
      const seen = calls;
      calls = [];
      return seen;
    },
    close: () => app.close(),
  };
}

type Query = Readonly<Record<string, string | undefined>>;

/** What the description doesn't have of a request, in Stripe's words. */
function undescribed(request: FastifyRequest): string | undefined {
  const path = request.routeOptions.url?.replace(/:id/, () => parameterOf(request.routeOptions.url ?? ''));
  const described = path === undefined ? undefined : document.paths[path]?.get;
  if (!described) return undefined;
  const query = (described.parameters ?? []).filter((each) => each.in === 'query');
  for (const [name, value] of Object.entries(request.query as Query)) {
    const [, base, inner] = /^(\w+)(?:\[(\w*)\])?$/.exec(name) ?? [];
    const parameter = query.find((each) => each.name === base);
    const properties = parameter?.schema.anyOf?.map((each) => (each as { properties?: object }).properties ?? {}) ?? [];
    const known = inner === undefined || properties.some((each) => Object.hasOwn(each, inner));
    if (!parameter || !known) return `Received unknown parameter: ${name}`;
    if (parameter.schema.enum && !parameter.schema.enum.includes(value ?? '')) return `Invalid ${name}: ${value}`;
    const isNumber = parameter.schema.type === 'integer' || inner !== undefined;
    if (isNumber && !/^\d+$/.test(value ?? '')) return `Invalid integer: ${value}`;
    if (name === 'limit' && (Number(value) < 1 || Number(value) > 100)) return `Invalid limit: ${value}`;
  }
  return undefined;
}

function parameterOf(route: string): string {
  return `{${/^\/v1\/(\w+)s\//.exec(route)?.[1]}}`;
}

function matches(record: StripeRecord, query: Query): boolean {
  const created = Number(record.created);
  return Object.entries(query).every(([name, value]) => {
    if (name === 'created[gte]') return created >= Number(value);
    if (name === 'created[lt]') return created < Number(value);
    return ['limit', 'starting_after'].includes(name) || record[name] === value;
  });
}

function pageOf(records: readonly StripeRecord[], request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const { limit = '10', starting_after: last } = request.query as Query;
  const start = last === undefined ? 0 : records.findIndex(({ id }) => id === last) + 1;
  if (last !== undefined && start === 0) return refuse(reply, 400, `No such object: '${last}'`);
  const data = records.slice(start, start + Number(limit));
  const has_more = start + data.length < records.length;
  return reply.send({ object: 'list', url: request.url.split('?', 1)[0], has_more, data });
}

function refuse(reply: FastifyReply, status: number, message: string): FastifyReply {
  return reply.code(status).send({ error: { type: 'invalid_request_error', message } });
}
