import { InputError, SystemError } from '../../errors.ts';
import type { Raw } from '../../source.ts';
import type { PoolLoad } from '../../telemetry/observer.ts';
import type { Asker, Http } from '../http.ts';
import type { Parameters } from '../lists.ts';
import { at } from '../paths.ts';
import { parseJson } from './json.ts';

/** One question to the system. */
export interface RestCall {
  readonly method: 'GET' | 'POST';
  /** The path behind the base URL; `{key}` or `{parent}` stands for `segment`. */
  readonly path: string;
  readonly segment?: Raw;
  /** They go to the query string of a GET, lists separated by commas, and to the JSON body of a POST. */
  readonly parameters?: Parameters;
}

/** What came back. */
export interface RestAnswer {
  readonly status: number;
  readonly body: unknown;
  /** What errors call the call. */
  readonly name: string;
}

/** Calls a system and reads its JSON. */
export class RestClient {
  readonly #http: Http;
  readonly #base: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(http: Http, base: string, headers: Readonly<Record<string, string>>) {
    this.#http = http;
    this.#base = base;
    this.#headers = headers;
  }

  /** Asks. `accept`: statuses beside 2xx that the caller understands; their body is undefined. Errors: SystemError. */
  async call(call: RestCall, asker: Asker, accept: readonly number[] = []): Promise<RestAnswer> {
    return this.#send(call, asker, accept, (name, status, text) => {
      if (accept.includes(status)) return { status, body: undefined, name };
      try {
        return { status, body: parseJson(text), name };
      } catch {
        // What the parser says would quote the body, which may repeat our token.
        const words = this.#http.excerpt(text);
        throw new SystemError('SYSTEM_FAILED', `${name} answered ${status} with no JSON`, { words });
      }
    });
  }

  /** Whether any 2xx status comes back, whatever the body. Errors: SystemError. */
  async ping(path: string, asker: Asker): Promise<void> {
    await this.#send({ method: 'GET', path }, asker, [], () => {});
  }

  get load(): PoolLoad {
    return this.#http.load;
  }

  close(): Promise<void> {
    return this.#http.close();
  }

  async #send<T>(call: RestCall, asker: Asker, accept: readonly number[], read: ReadAnswer<T>): Promise<T> {
    const name = `${call.method} ${call.path}`;
    const attributes = { 'url.template': call.path };
    const { status, text, observed } = await this.#http.send({ name, attributes, ...this.#written(call) }, asker);
    try {
      const isAnswer = (status >= 200 && status <= 299) || accept.includes(status);
      if (!isAnswer)
        throw new SystemError('SYSTEM_FAILED', `${name} answered ${status}`, { words: this.#http.excerpt(text) });
      const answer = read(name, status, text);
      observed?.end();
      return answer;
    } catch (error) {
      observed?.end(error);
      throw error;
    }
  }

  #written({ method, path, segment, parameters = {} }: RestCall) {
    const url = this.#base + path.replace(/\{(key|parent)\}/, () => encodeURIComponent(String(segment)));
    const headers = { ...this.#headers, accept: 'application/json' };
    if (method === 'GET') return { method, url: withQuery(url, parameters), headers };
    const body = JSON.stringify(parameters, (_key, value) => (typeof value === 'bigint' ? String(value) : value));
    return { method, url, headers: { ...headers, 'content-type': 'application/json' }, body };
  }
}

/** Reads an answer of a status that the caller understands. */
type ReadAnswer<T> = (name: string, status: number, text: string) => T;

/** Whether a value can be a segment of a path: an empty one or dots would make another path, half a character none. */
export function fitsPath(value: Raw): boolean {
  const text = String(value);
  return !['', '.', '..'].includes(text) && text.isWellFormed();
}

/** The list at a path of an answer. Errors: SystemError when there is none. */
export function listAt(body: unknown, path: string, name: string): readonly unknown[] {
  const list = at(body, path);
  if (Array.isArray(list)) return list;
  throw new SystemError(
    'SYSTEM_FAILED',
    `${name}: expected a list at "${path}", got ${list === null ? 'null' : typeof list}`,
  );
}

function withQuery(url: string, parameters: Parameters): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    query.set(name, Array.isArray(value) ? joined(value) : String(value));
  return query.size === 0 ? url : `${url}${url.includes('?') ? '&' : '?'}${query}`;
}

function joined(values: readonly Raw[]): string {
  if (values.some((value) => String(value).includes(',')))
    throw new InputError('A value that is looked for may hold no comma.');
  return values.join();
}
