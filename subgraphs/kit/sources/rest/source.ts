import { InvalidCursorError, SystemError } from '../../errors.ts';
import type { Call, Description, KeyRequest, ListRequest, Page, Raw, Row, Source, TopRequest } from '../../source.ts';
import type { PoolLoad } from '../../telemetry/observer.ts';
import { CalledSource } from '../called-source.ts';
import { keyColumnsOf } from '../config.ts';
import type { Asker } from '../http.ts';
import { emptyPage, matchesNothing, type Parameters, parametersOf, totalIn } from '../lists.ts';
import { at } from '../paths.ts';
import { fitsPath, listAt, type RestAnswer, type RestCall, type RestClient } from './client.ts';
import { RestLookUps, selection } from './look-ups.ts';
import { columnTypes, hasSchema } from './openapi.ts';
import type { RestList, RestOptions, RestTop, RestType } from './options.ts';
import { type Begin, type Chunk, cursorOf, type Fetch, firstLimit, readPage } from './paging.ts';

/** What systems answer to a cursor that they don't know, or no longer. */
const refusedCursor = [400, 410, 422];

/** A system that speaks JSON over HTTP as a source. */
export class RestSource extends CalledSource<RestType> implements Source {
  readonly kind = 'rest';
  readonly #options: RestOptions;
  readonly #client: RestClient;
  readonly #lookUps: RestLookUps;

  constructor(options: RestOptions, client: RestClient) {
    super(options);
    this.#options = options;
    this.#client = client;
    this.#lookUps = new RestLookUps(client);
  }

  async byKey(request: KeyRequest, asker: Call): Promise<readonly Row[]> {
    const [column] = request.key;
    const lookUp = this.typeOf(request.collection).byKey?.[request.key.join()];
    if (column === undefined || !lookUp)
      throw new TypeError(`${request.collection} can't be looked up by ${request.key.join()}`);
    return this.#lookUps.read(lookUp, column, request, asker);
  }

  async page(request: ListRequest, asker: Call): Promise<Page> {
    const type = this.typeOf(request.collection);
    const { list } = type;
    if (!list) throw new TypeError(`${request.collection} can't be listed`);
    if (matchesNothing(request)) return emptyPage(request);
    const fixed = this.#parameters(list, request, type);
    const fetch: Fetch = async (ask) => {
      const parameters = { ...fixed, ...parametersOfChunk(list, ask) };
      const answer = await this.#ask({ method: 'GET', path: list.get, parameters }, ask, asker);
      return chunkOf(list, answer.body, answer.name);
    };
    return readPage(list, keyColumnsOf(type), request, fetch);
  }

  async top(request: TopRequest, asker: Call): Promise<readonly Page[]> {
    const type = this.typeOf(request.collection);
    const top = type.top?.[request.parent.join()];
    if (!top) throw new TypeError(`${request.collection} can't be listed by ${request.parent.join()}`);
    // A cursor is of one parent's list.
    if (request.after && request.parents.length > 1) throw new InvalidCursorError();
    if (matchesNothing(request)) return request.parents.map(() => emptyPage(request));
    const fixed = this.#parameters(top, request, type);
    const parents = request.parents.map(([parent]) => parent as Raw);
    // One parent is asked for where the page is read, since it may begin after a cursor.
    const begun =
      'groups' in top && parents.length > 1
        ? await this.#groups(
            top,
            fixed,
            parents,
            { begin: null, limit: firstLimit(top, request), count: request.count, fromClient: false },
            asker,
          )
        : new Map<string, Chunk>();
    return Promise.all(
      parents.map((parent) => {
        const fetch: Fetch = (ask) => this.#chunkBelow(top, fixed, parent, ask, asker);
        return readPage(top, keyColumnsOf(type), request, fetch, begun.get(String(parent)));
      }),
    );
  }

  async describe(collection: string, columns: readonly string[], asker: Call): Promise<Description> {
    const { openapi } = this.#options;
    const { schema } = this.typeOf(collection);
    if (openapi === undefined || schema === undefined) {
      return { columns: new Map(columns.map((column) => [column, 'unknown'])), faults: [] };
    }
    const { body } = await this.#client.call({ method: 'GET', path: openapi }, asker);
    const faults = hasSchema(body, schema) ? [] : [`${openapi} has no schema "${schema}"`];
    return { columns: columnTypes(body, schema, columns), parameters: this.filteredBy(collection), faults };
  }

  load(): PoolLoad {
    return this.#client.load;
  }

  ping(asker: Call): Promise<void> {
    return this.#client.ping(this.#options.ping, asker);
  }

  close(): Promise<void> {
    return this.#client.close();
  }

  /** Part of one parent's list. */
  async #chunkBelow(top: RestTop, fixed: Parameters, parent: Raw, ask: Ask, asker: Asker): Promise<Chunk> {
    if ('groups' in top) {
      const groups = await this.#groups(top, fixed, [parent], ask, asker);
      return groups.get(String(parent)) as Chunk;
    }
    const parameters = { ...fixed, ...parametersOfChunk(top, ask) };
    if ('parent' in top) {
      const withParent = { ...parameters, [top.parent]: parent };
      const { body, name } = await this.#ask({ method: 'GET', path: top.get, parameters: withParent }, ask, asker);
      return chunkOf(top, body, name);
    }
    if (!fitsPath(parent)) return emptyChunk(top.get);
    const call: RestCall = { method: 'GET', path: top.get, segment: parent, parameters };
    const { status, body, name } = await this.#ask(call, ask, asker, [404]);
    return status === 404 ? emptyChunk(name) : chunkOf(top, body, name);
  }

  /** Parts of several parents' lists, by the parent's text; an empty one for a parent that the answer doesn't have. */
  async #groups(top: Grouped, fixed: Parameters, parents: readonly Raw[], ask: Ask, asker: Asker) {
    const parameters = { ...fixed, ...parametersOfChunk(top, ask), [top.parents]: parents };
    const { body, name } = await this.#ask({ method: 'POST', path: top.post, parameters }, ask, asker);
    const chunks = new Map(parents.map((parent) => [String(parent), emptyChunk(name)]));
    for (const group of listAt(body, top.groups, name)) {
      const parent = String(at(group, top.parent));
      if (chunks.has(parent)) chunks.set(parent, chunkOf(top, group, name));
    }
    return chunks;
  }

  async #ask(call: RestCall, { fromClient }: Ask, asker: Asker, accept: number[] = []): Promise<RestAnswer> {
    const answer = await this.#client.call(call, asker, fromClient ? [...accept, ...refusedCursor] : accept);
    if (fromClient && refusedCursor.includes(answer.status)) throw new InvalidCursorError();
    return answer;
  }

  #parameters(list: RestList | RestTop, request: ListRequest, type: RestType): Parameters {
    if (request.count && !list.total) throw new TypeError(`lists of ${request.collection} can't be counted`);
    const columns = [...request.columns, ...keyColumnsOf(type), ...(list.after ? [list.after.column] : [])];
    return { ...selection(list, columns), ...parametersOf(list, request) };
  }
}

type Grouped = Extract<RestTop, { groups: string }>;

interface Ask {
  readonly begin: Begin;
  readonly limit: number;
  readonly count: boolean;
  readonly fromClient: boolean;
}

function parametersOfChunk({ limit, total, ...paging }: RestList | RestTop, ask: Ask): Parameters {
  const begin = (paging.cursor ?? paging.after ?? paging.offset)?.parameter;
  return {
    [limit]: ask.limit,
    ...(ask.begin !== null && begin !== undefined ? { [begin]: ask.begin } : {}),
    ...(ask.count && total ? { [total.parameter]: true } : {}),
  };
}

function chunkOf(list: RestList | RestTop, body: unknown, name: string): Chunk {
  const total = list.total && at(body, list.total.path);
  const records = listAt(body, list.rows, name);
  return {
    records,
    next: nextOf(list, body, records, name),
    total: total === undefined || total === null ? undefined : totalIn(total, name),
    name,
  };
}

function nextOf(
  { cursor, after }: RestList | RestTop,
  body: unknown,
  records: readonly unknown[],
  name: string,
): Begin {
  if (cursor) return cursorIn(at(body, cursor.next), name);
  if (!after || !moreIn(at(body, after.more), name)) return null;
  if (records.length > 0) return cursorOf(records.at(-1), after.column, name);
  throw new SystemError('SYSTEM_FAILED', `${name} answered no rows, yet more to come`);
}

function moreIn(value: unknown, name: string): boolean {
  if (value === undefined || value === null || typeof value === 'boolean') return value === true;
  throw new SystemError(
    'SYSTEM_FAILED',
    `${name}: expected true or false for whether more follow, got ${typeof value}`,
  );
}

function emptyChunk(name: string): Chunk {
  return { records: [], next: null, total: 0, name };
}

function cursorIn(value: unknown, name: string): Begin {
  if (value === undefined || value === null || value === '' || value === false) return null;
  if (typeof value === 'string' || typeof value === 'number') return value;
  throw new SystemError(
    'SYSTEM_FAILED',
    `${name}: expected the next cursor to be text or a number, got ${typeof value}`,
  );
}
