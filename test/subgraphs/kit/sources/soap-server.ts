import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen, passwordDigest } from 'soap';
import { type FixtureRow, fixture } from '../source-fixture.ts';
import { listed } from './fixture-list.ts';

/** A SOAP system over the fixture's records that can be made to misbehave. */
export interface SoapServer {
  /** The URL of the WSDL. */
  readonly url: string;
  /** The operations that were called since the last time this was asked; `wsdl` for the WSDL. */
  calls(): readonly string[];
  /** The headers and text of the last message. */
  last(): { headers: IncomingMessage['headers']; text: string };
  /** The most messages that were being answered at a time. */
  most(): number;
  /** How many connections were made. */
  connections(): number;
  /** Answers the next request in its own way. */
  next(answer: (response: ServerResponse) => void): void;
  /** Holds all messages until `release`. `reached` resolves when `count` are held, `left` when one of them is given up. */
  hold(count?: number): { readonly reached: Promise<void>; readonly left: Promise<void>; release(): void };
  close(): Promise<void>;
}

type Arguments = Readonly<Record<string, unknown>> | null;

export const user = 'junction';
export const password = 'a-very-secret-password';

/** Starts the server on a free port. */
export async function startSoapServer(): Promise<SoapServer> {
  const answers: ((response: ServerResponse) => void)[] = [];
  const calls: string[] = [];
  let last: { headers: IncomingMessage['headers']; text: string } = { headers: {}, text: '' };
  let running = 0;
  let most = 0;
  let connections = 0;
  let held: { promise: Promise<void>; arrive(): void; leave(): void } | undefined;

  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const text = Buffer.concat(chunks).toString();
    calls.push(request.method === 'GET' ? 'wsdl' : String(request.headers.soapaction).replace(/^.*\/|"$/g, ''));
    last = { headers: request.headers, text };
    running += 1;
    most = Math.max(most, running);
    response.once('close', () => {
      running -= 1;
      if (!response.writableFinished) held?.leave();
    });
    const answer = answers.shift();
    if (answer) return answer(response);
    if (held && request.method === 'POST') {
      held.arrive();
      await held.promise;
    }
    // The package's server takes a body that was read before it.
    server.emit('message', Object.assign(request, { body: text }), response);
  });
  server.on('connection', () => {
    connections += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/library`;
  const wsdl = (await readFile(new URL('library.wsdl', import.meta.url), 'utf8')).replace(
    'http://127.0.0.1:0/library',
    address,
  );
  await serve(server, wsdl);

  return {
    url: `${address}?wsdl`,
    calls: () => calls.splice(0),
    last: () => last,
    most: () => most,
    connections: () => connections,
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
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Puts the package's server behind the 'message' events of ours, which it would otherwise take the requests from. */
function serve(server: ReturnType<typeof createServer>, wsdl: string): Promise<void> {
  const [own] = server.listeners('request') as ((request: IncomingMessage, response: ServerResponse) => void)[];
  return new Promise((resolve, reject) => {
    const service = listen(server, {
      path: '/library',
      services: { LibraryService: { LibraryPort: operations } },
      xml: wsdl,
      callback: (error) => {
        if (error) return reject(error);
        const [theirs] = server.listeners('request') as (typeof own)[];
        server.removeAllListeners('request');
        if (own) server.on('request', own);
        if (theirs) server.on('message', theirs);
        resolve();
      },
    });
    service.authenticate = (security: { UsernameToken?: Token } | undefined) => isKnown(security?.UsernameToken);
  });
}

interface Token {
  readonly Username?: string;
  readonly Password?: string | { readonly $value: string; readonly attributes: { readonly Type: string } };
  readonly Nonce?: string | { readonly $value: string };
  readonly Created?: string;
}

function isKnown(token: Token | undefined): boolean {
  const given = token?.Password;
  if (token?.Username !== user || typeof given !== 'object') return false;
  if (given.attributes.Type.endsWith('#PasswordText')) return given.$value === password;
  const nonce = typeof token.Nonce === 'object' ? token.Nonce.$value : token.Nonce;
  return given.$value === passwordDigest(nonce ?? '', token.Created ?? '', password);
}

const operations = {
  Ping: () => ({ Ok: true }),
  ReadAuthors: (args: Arguments) => {
    const ids = listOf(args?.id);
    const rows = fixture.authors.filter(({ id }) => ids.includes(String(id)));
    // As systems do: in an order of its own, and one that nobody asked for.
    return rows.length === 0 ? {} : { Author: [...rows.toReversed(), fixture.authors[0]].map(toElement) };
  },
  ReadBooksByAuthor: (args: Arguments) => {
    const authors = listOf(args?.author);
    return { Book: fixture.books.filter(({ author }) => authors.includes(String(author))).map(toElement) };
  },
  ListAuthors: (args: Arguments) => {
    const where = {
      'country =': args?.Country,
      'country in': args?.Countries && listOf(args.Countries),
      'name =': args?.Name,
      'born >=': args?.BornFrom,
      'born <': args?.BornBefore,
      'joined >=': args?.JoinedFrom && dayOf(args.JoinedFrom),
    };
    const { rows, ...rest } = cut(listed(fixture.authors, { where, ...sortOf(args) }), args);
    return { Author: rows, ...rest };
  },
  ListBooksByAuthor: (args: Arguments) => {
    const known = listOf(args?.author).filter((id) => fixture.authors.some((author) => author.id === id));
    const shelves = known.map((author) => {
      const where = {
        'author =': author,
        'year =': args?.Year,
        'year in': args?.Years && listOf(args.Years),
        'year >=': args?.YearFrom,
        'year <': args?.YearBefore,
      };
      const { rows, ...rest } = cut(listed(fixture.books, { where, ...sortOf(args) }), args);
      return { author, Book: rows, ...rest };
    });
    return { Shelf: shelves.toReversed() };
  },
};

function sortOf(args: Arguments) {
  return typeof args?.SortBy === 'string' ? { sort: args.SortBy, descending: args.SortDesc === true } : {};
}

function cut(rows: readonly FixtureRow[], args: Arguments) {
  const begin = rows.findIndex(({ id }) => id === args?.StartAfter) + 1;
  const end = begin + Number(args?.MaxRows);
  return {
    rows: rows.slice(begin, end).map(toElement),
    More: end < rows.length,
    ...(args?.WithTotal === true ? { Total: rows.length } : {}),
  };
}

function toElement(row: FixtureRow | undefined) {
  return Object.fromEntries(Object.entries(row ?? {}).filter(([, value]) => value !== null));
}

function listOf(value: unknown): string[] {
  return [value ?? []].flat().map(String);
}

/** The package's server reads a date into a JavaScript one. */
function dayOf(value: unknown): string {
  return (value as Date).toISOString().slice(0, 10);
}
