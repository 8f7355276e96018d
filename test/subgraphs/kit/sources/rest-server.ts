import fastify, { type FastifyReply, type FastifyRequest } from 'fastify';
import { type FixtureRow, fixture } from '../source-fixture.ts';
import { listed } from './fixture-list.ts';

/** A REST system over the fixture's records, with pages by cursor and by offset, that can be made to misbehave. */
export interface RestServer {
  readonly url: string;
  /** What was asked since the last time this was called, as `GET /authors`. */
  calls(): readonly string[];
  /** The headers and the query or body of the last request. */
  last(): { headers: FastifyRequest['headers']; query: unknown; body: unknown };
  /** The most requests that were being answered at a time. */
  most(): number;
  /** Answers the next request in its own way. */
  next(answer: (reply: FastifyReply) => unknown): void;
  /** Holds all answers until `release`. `reached` resolves when `count` requests are held, `left` when one of them is given up. */
  hold(count?: number): { readonly reached: Promise<void>; readonly left: Promise<void>; release(): void };
  close(): Promise<void>;
}

type Query = Readonly<Record<string, string | undefined>>;
type Body = Readonly<Record<string, unknown>>;

/** The token that the server lets in. */
export const token = 'a-very-secret-token';

/** Starts the server on a free port. */
export async function startRestServer(): Promise<RestServer> {
  const app = fastify({ forceCloseConnections: true });
  const answers: ((reply: FastifyReply) => unknown)[] = [];
  const calls: string[] = [];
  let last: FastifyRequest | undefined;
  let running = 0;
  let most = 0;
  let held: { promise: Promise<void>; arrive(): void; leave(): void } | undefined;

  app.addHook('preHandler', async (request, reply) => {
    calls.push(`${request.method} ${request.routeOptions.url?.replace('/api', '')}`);
    last = request;
    running += 1;
    most = Math.max(most, running);
    reply.raw.once('close', () => {
      running -= 1;
      if (!reply.raw.writableFinished) held?.leave();
    });
    const answer = answers.shift();
    if (answer) return answer(reply);
    if (held) {
      held.arrive();
      await held.promise;
    }
    if (request.headers.authorization !== `Bearer ${token}`) return reply.code(401).send({ error: 'who are you?' });
  });
  app.addHook('onSend', async (_request, _reply, payload) => {
    // Amounts are JSON numbers with more digits than JavaScript's own serialiser would write.
    return typeof payload === 'string' ? payload.replace(/"(royalty|price)":"(-?[\d.]+)"/g, '"$1":$2') : payload;
  });

  app.get('/api/ping', () => ({ ok: true }));
  app.get('/api/openapi.json', () => openapi);
  app.get<{ Querystring: Query }>('/api/authors', ({ query }, reply) => byCursor(authorsMatching(query), query, reply));
  app.get<{ Querystring: Query }>('/api/authors-by-offset', ({ query }) => {
    const rows = authorsMatching(query);
    const skip = Number(query.skip ?? 0);
    // No more than four at a time, whatever is asked for.
    const data = rows.slice(skip, skip + Math.min(Number(query.limit), 4)).map((row) => chosen(row, query.fields));
    return { data, ...(query.include_total ? { total: rows.length } : {}) };
  });
  app.get<{ Querystring: Query }>('/api/authors-after', ({ query }, reply) => {
    const rows = authorsMatching(query);
    const begin = query.after === undefined ? 0 : rows.findIndex(({ id }) => id === query.after) + 1;
    if (query.after !== undefined && begin === 0) return reply.code(400).send({ error: 'no such row' });
    const end = begin + Math.min(Number(query.limit), 4);
    const data = rows.slice(begin, end).map((row) => chosen(row, query.fields));
    return { data, has_more: end < rows.length, ...(query.include_total ? { total: rows.length } : {}) };
  });
  app.post<{ Body: Body }>('/api/authors/read', ({ body }) => {
    const ids = body.ids as string[];
    const rows = fixture.authors.filter(({ id }) => ids.includes(id as string));
    // As systems do: in an order of its own, one row twice, one that nobody asked for.
    const extra = ids.length > 0 ? [fixture.authors[0], ...rows.slice(0, 1)] : [];
    return { results: [...rows.toReversed(), ...extra].map((row) => chosen(row as FixtureRow, body.fields)) };
  });
  app.get<{ Querystring: Query }>('/api/authors/some', ({ query }) => {
    const ids = (query.ids ?? '').split(',');
    return { results: fixture.authors.filter(({ id }) => ids.includes(id as string)) };
  });
  app.get<{ Params: { id: string } }>('/api/authors/:id', ({ params }, reply) => {
    return fixture.authors.find(({ id }) => id === params.id) ?? reply.code(404).send({ error: 'no such author' });
  });
  app.get<{ Params: { id: string }; Querystring: Query }>('/api/authors/:id/books', ({ params, query }, reply) =>
    byCursor(booksMatching({ ...query, author: params.id }), query, reply),
  );
  app.get<{ Querystring: Query }>('/api/books', ({ query }, reply) => byCursor(booksMatching(query), query, reply));
  app.post<{ Body: Body }>('/api/books/read-by-author', ({ body }) => {
    const rows = fixture.books.filter(({ author }) => (body.authors as string[]).includes(author as string));
    return { results: rows.map((row) => chosen(row, body.fields)) };
  });
  app.post<{ Body: Body }>('/api/books/by-author', ({ body }, reply) => {
    const known = (body.authors as string[]).filter((id) => fixture.authors.some((author) => author.id === id));
    const groups = known.map((author) => ({ author, ...byCursor(booksMatching({ ...body, author }), body, reply) }));
    return { groups: groups.toReversed() };
  });

  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/api`;
  return {
    url,
    calls: () => calls.splice(0),
    last: () => ({ headers: last?.headers ?? {}, query: last?.query, body: last?.body }),
    most: () => most,
    next: (answer) => answers.push(answer),
    hold(count = 1) {
      const gate = Promise.withResolvers<void>();
      const reached = Promise.withResolvers<void>();
      const left = Promise.withResolvers<void>();
      let waiting = 0;
      const arrive = () => {
        waiting += 1;
        if (waiting === count) reached.resolve();
      };
      held = { promise: gate.promise, arrive, leave: left.resolve };
      return {
        reached: reached.promise,
        left: left.promise,
        release() {
          held = undefined;
          gate.resolve();
        },
      };
    },
    close: () => app.close(),
  };
}

function authorsMatching(query: Query): FixtureRow[] {
  return listed(fixture.authors, {
    where: {
      'country =': query.country,
      'country in': query.country_in?.split(','),
      'name =': query.name,
      'born >=': query.born_gte,
      'born <': query.born_lt,
      'joined >=': query.joined_gte,
    },
    ...sortOf(query.sort),
  });
}

function booksMatching(query: Body): FixtureRow[] {
  const years = query.year_in;
  return listed(fixture.books, {
    where: {
      'author =': query.author,
      'year =': query.year,
      'year in': typeof years === 'string' ? years.split(',') : years,
      'year >=': query.year_gte,
      'year <': query.year_lt,
    },
    ...sortOf(query.sort),
  });
}

function sortOf(sort: unknown) {
  return typeof sort === 'string' ? { sort: sort.replace('-', ''), descending: sort.startsWith('-') } : {};
}

/** One page; its cursor means nothing to anybody else. */
function byCursor(rows: readonly FixtureRow[], query: Body, reply: FastifyReply) {
  const skip = query.cursor === undefined ? 0 : Number(/^after-(\d+)$/.exec(String(query.cursor))?.[1]);
  if (Number.isNaN(skip)) return reply.code(400).send({ error: 'no such cursor' }) as never;
  const end = skip + Number(query.limit);
  return {
    data: rows.slice(skip, end).map((row) => chosen(row, query.fields)),
    paging: { next: end < rows.length ? `after-${end}` : null },
    ...(query.include_total ? { total: rows.length } : {}),
  };
}

function chosen(row: FixtureRow, fields: unknown): FixtureRow {
  const names = typeof fields === 'string' ? fields.split(',') : Array.isArray(fields) ? fields : Object.keys(row);
  return Object.fromEntries(Object.entries(row).filter(([name]) => names.includes(name)));
}

const text = { type: 'string' };

const openapi = {
  openapi: '3.1.0',
  components: {
    schemas: {
      Named: { type: 'object', properties: { id: text, name: text } },
      Amount: { type: 'number', format: 'decimal' },
      Author: {
        allOf: [
          { $ref: '#/components/schemas/Named' },
          {
            type: 'object',
            properties: {
              country: { type: 'string', enum: ['IS', 'IE', 'CN', 'RU', 'EG'] },
              born: { type: ['integer', 'null'] },
              royalty: { $ref: '#/components/schemas/Amount' },
              joined: { type: 'string', format: 'date' },
              seen: { anyOf: [{ type: 'string', format: 'date-time' }, { type: 'null' }] },
              contact: { type: 'object', properties: { channel: { type: 'string', nullable: true } } },
              tags: { type: 'array', items: text },
              mentor: { $ref: '#/components/schemas/Author' },
            },
          },
        ],
      },
      Book: {
        type: 'object',
        properties: {
          id: text,
          author: text,
          title: text,
          year: { type: 'integer' },
          price: { $ref: '#/components/schemas/Amount' },
        },
      },
    },
  },
};
