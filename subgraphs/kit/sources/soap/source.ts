import { InvalidCursorError, SystemError } from '../../errors.ts';
import type {
  Call,
  Description,
  KeyRequest,
  ListRequest,
  Page,
  Position,
  Raw,
  Row,
  Source,
  TopRequest,
} from '../../source.ts';
import type { PoolLoad } from '../../telemetry/observer.ts';
import { CalledSource } from '../called-source.ts';
import type { Asker } from '../http.ts';
import { emptyPage, matchesNothing, type Parameters, parametersOf, totalIn } from '../lists.ts';
import { at, rowOf } from '../paths.ts';
import { SenderFault, type SoapClient } from './client.ts';
import { faultsOf, rowsOf } from './faults.ts';
import { moreOf, type SoapList, type SoapOptions, type SoapType } from './options.ts';
import { contentOf } from './values.ts';

/** A system that speaks SOAP as a source: every read is one call of an operation. */
export class SoapSource extends CalledSource<SoapType> implements Source {
  readonly kind = 'soap';
  readonly #options: SoapOptions;
  readonly #client: SoapClient;

  constructor(options: SoapOptions, client: SoapClient) {
    super(options);
    this.#options = options;
    this.#client = client;
  }

  async byKey({ collection, key, keys, columns }: KeyRequest, asker: Call): Promise<readonly Row[]> {
    const [column] = key;
    const lookUp = this.typeOf(collection).byKey?.[key.join()];
    if (column === undefined || !lookUp) throw new TypeError(`${collection} can't be looked up by ${key.join()}`);
    const values = keys.map(([value]) => value as Raw).filter((value) => value !== null);
    if (values.length === 0) return [];
    const answer = await this.#client.call(lookUp.operation, { ...lookUp.parameters, [lookUp.keys]: values }, asker);
    const asked = new Set(values.map(String));
    const wanted = [...new Set([column, ...columns])];
    return listAt(answer, lookUp.rows)
      .map((record) => rowOf(record, wanted, contentOf))
      .filter((row) => asked.has(String(row[column])));
  }

  async page(request: ListRequest, asker: Call): Promise<Page> {
    const { list } = this.typeOf(request.collection);
    if (!list) throw new TypeError(`${request.collection} can't be listed`);
    const parameters = listParameters(list, request);
    if (matchesNothing(request)) return emptyPage(request);
    return pageIn(list, request, await this.#ask(list, parameters, request, asker));
  }

  async top(request: TopRequest, asker: Call): Promise<readonly Page[]> {
    const top = this.typeOf(request.collection).top?.[request.parent.join()];
    if (!top) throw new TypeError(`${request.collection} can't be listed by ${request.parent.join()}`);
    // A cursor is of one parent's list.
    if (request.after && request.parents.length > 1) throw new InvalidCursorError();
    const parents = request.parents.map(([parent]) => parent as Raw);
    const parameters = { ...listParameters(top, request), [top.parents]: parents };
    if (parents.length === 0 || matchesNothing(request)) return parents.map(() => emptyPage(request));
    const answer = await this.#ask(top, parameters, request, asker);
    const groups = new Map(
      listAt(answer, top.groups).map((group) => [String(contentOf(at(group, top.parent))), group]),
    );
    return parents.map((parent) => {
      const group = groups.get(String(parent));
      return group === undefined ? emptyPage(request) : pageIn(top, request, group);
    });
  }

  /** Calls a list's operation. A system that calls the message bad doesn't know the cursor that a client brought. */
  async #ask({ operation }: SoapList, parameters: Parameters, { after }: ListRequest, asker: Asker) {
    try {
      return await this.#client.call(operation, parameters, asker);
    } catch (error) {
      throw after && error instanceof SenderFault ? new InvalidCursorError() : error;
    }
  }

  async describe(collection: string, columns: readonly string[], asker: Call): Promise<Description> {
    const type = this.typeOf(collection);
    const wsdl = await this.#client.wsdl(asker.signal);
    const described = rowsOf(type);
    return {
      columns: described ? wsdl.columns(described.operation, described.rows, columns) : new Map(),
      parameters: this.filteredBy(collection),
      faults: faultsOf(type, wsdl),
    };
  }

  load(): PoolLoad {
    return this.#client.load;
  }

  async ping(asker: Call): Promise<void> {
    await this.#client.call(this.#options.ping, {}, asker);
  }

  close(): Promise<void> {
    return this.#client.close();
  }
}

function listParameters(list: SoapList, request: ListRequest): Parameters {
  const { first, count, after } = request;
  if (count && !list.total) throw new TypeError(`lists of ${request.collection} can't be counted`);
  return {
    ...parametersOf(list, request),
    [list.limit]: Math.max(1, first),
    ...(after ? { [list.after.parameter]: afterOf(after) } : {}),
    ...(count && list.total ? { [list.total.parameter]: true } : {}),
  };
}

/** Positions come from clients: one that isn't a single value was never given out. */
function afterOf(position: Position): string | number {
  const [value] = position;
  if (position.length === 1 && (typeof value === 'string' || typeof value === 'number')) return value;
  throw new InvalidCursorError();
}

/** The page in an answer or in a group of one. The position of a row is the value by which the system goes on after it. */
function pageIn(list: SoapList, { first, columns, count }: ListRequest, answer: unknown): Page {
  const { operation, rows: path, after, total } = list;
  const records = listAt(answer, path);
  const more = contentOf(at(answer, moreOf(list))) === true;
  if (more && records.length === 0)
    throw new SystemError('SYSTEM_FAILED', `${operation} answered no rows, yet more to come`);
  const rows = records.slice(0, first).map((record) => {
    const position = contentOf(at(record, after.column));
    if (typeof position === 'string' || typeof position === 'number') {
      return { row: rowOf(record, columns, contentOf), position: [position] };
    }
    throw new SystemError('SYSTEM_FAILED', `${operation} answered a row without "${after.column}"`);
  });
  const counted = count && total ? { total: totalIn(contentOf(at(answer, total.path)), operation) } : {};
  return { rows, hasNext: more || records.length > first, ...counted };
}

/** The elements at a path: a repeated element comes as a list, a single one as it is, none as nothing. */
function listAt(answer: unknown, path: string): readonly unknown[] {
  const elements = at(answer, path);
  if (elements === undefined || elements === null) return [];
  return Array.isArray(elements) ? elements : [elements];
}
