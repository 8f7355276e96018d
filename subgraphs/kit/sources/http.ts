import { setTimeout } from 'node:timers/promises';
import { Agent } from 'undici';
import { SystemError } from '../errors.ts';
import { unlessAborted } from '../limits.ts';
import type { Call } from '../source.ts';
import type { Described, Observation, PoolLoad } from '../telemetry/observer.ts';
import { limit } from './limit.ts';

/** How a system is called over HTTP. */
export interface HttpOptions {
  /** The most requests in flight to the system. */
  readonly concurrency: number;
  /** How long the system may stay silent, in milliseconds. */
  readonly timeout: number;
  /** Values that no error may show, such as the token. */
  readonly secrets: readonly string[];
}

/** One request. Only reads are made, whatever the method, so it may be sent again. */
export interface HttpRequest {
  readonly method: 'GET' | 'POST';
  readonly url: string;
  /** What errors call it, such as `GET /contacts/{key}`: holds no values of a client. */
  readonly name: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** What its span is called. @default `name` */
  readonly called?: string;
  /** What its span says beside method, status and address. */
  readonly attributes?: Described['attributes'];
}

/** Who asks. */
export type Asker = Pick<Call, 'signal' | 'observer'>;

/** An answer of any status but those that mean a refusal or a full system. */
export interface HttpAnswer {
  readonly status: number;
  readonly text: string;
  /** What sees this call, where somebody does: whoever reads the answer ends it. */
  readonly observed: Observation | undefined;
}

/** The most bytes of one answer; a larger one is SYSTEM_FAILED. */
export const largestAnswer = 32 * 1024 * 1024;

/** How often a request is sent again, and the longest wait for that in milliseconds, when the system says `Retry-After`. */
const retries = 3;
const longestWait = 30_000;

const timeouts = new Set(['UND_ERR_HEADERS_TIMEOUT', 'UND_ERR_BODY_TIMEOUT', 'ETIMEDOUT']);
const unreadable = /^(UND_ERR_RES_EXCEEDED_MAX_SIZE|UND_ERR_INVALID_ARG|UND_ERR_HEADERS_OVERFLOW|HPE_)/;

/** A system over HTTP: keeps connections, bounds the requests in flight, waits where the system asks for it. */
export class Http {
  readonly #secrets: readonly string[];
  readonly #limit: ReturnType<typeof limit>;
  readonly #agent: Agent;
  readonly #closing = new AbortController();

  constructor({ concurrency, timeout, secrets }: HttpOptions) {
    this.#secrets = secrets.filter((secret) => secret !== '');
    this.#limit = limit(concurrency);
    this.#agent = new Agent({
      // Bounds nothing over HTTP/2, where one connection carries many requests; `#limit` does.
      connections: concurrency,
      connectTimeout: Math.min(timeout, 10_000),
      headersTimeout: timeout,
      bodyTimeout: timeout,
      maxResponseSize: largestAnswer,
    });
  }

  /** Sends a request. Errors: SystemError; the signal's reason when it aborts. */
  async send(request: HttpRequest, asker: Asker): Promise<HttpAnswer> {
    // From here on, so that whoever waits for a turn in vain is seen, too.
    const first = begun(request, asker, 0);
    try {
      // A request that waits keeps its place: a system that is asked for less then gets less.
      return await this.#limit(() => this.#sendInTurn(request, asker, first), asker.signal);
    } catch (error) {
      first?.end(error);
      throw error;
    }
  }

  get load(): PoolLoad {
    return this.#limit.load();
  }

  /** Ends what is in flight and frees the sockets. */
  async close(): Promise<void> {
    this.#closing.abort();
    await this.#agent.destroy();
  }

  /** What an answer says, for an error: its beginning, without secrets. */
  excerpt(text: string): string {
    return this.#secrets.reduce((rest, secret) => rest.replaceAll(secret, '…'), text).slice(0, 200);
  }

  async #sendInTurn(request: HttpRequest, asker: Asker, first: Observation | undefined): Promise<HttpAnswer> {
    for (let sent = 1, observed = first; ; observed = begun(request, asker, sent++)) {
      try {
        const { status, text, retryAfter } = await this.#sendOnce(request, asker.signal, observed);
        const answered = `${request.name} answered ${status}`;
        if (status === 401 || status === 403)
          throw new SystemError('SYSTEM_REFUSED', answered, { words: this.excerpt(text) });
        if (status !== 429 && (status !== 503 || retryAfter === undefined)) return { status, text, observed };
        const full = new SystemError('SYSTEM_RATE_LIMITED', `${answered}, the ${sent}. time it was asked`);
        if (retryAfter === undefined || retryAfter > longestWait || sent > retries) throw full;
        observed?.end(full);
        await this.#wait(retryAfter, request, asker.signal);
      } catch (error) {
        observed?.end(error);
        throw error;
      }
    }
  }

  async #sendOnce(request: HttpRequest, signal: AbortSignal, observed: Observation | undefined) {
    const { method, url, name, body } = request;
    try {
      const { origin, pathname, search } = new URL(url);
      const path = pathname + search;
      // Without the client's tracestate: what it says is for nobody behind us.
      const traceparent = observed?.span?.traceparent;
      const headers = { ...request.headers, ...(traceparent !== undefined && { traceparent }) };
      const sent = this.#agent.request({ origin, path, method, headers, body: body ?? null, signal });
      // undici looks at the signal only once it has a connection.
      const answer = await unlessAborted(sent, signal);
      observed?.span?.set({ 'http.response.status_code': answer.statusCode });
      const text = await unlessAborted(answer.body.text(), signal);
      return { status: answer.statusCode, text, retryAfter: millisecondsOf(answer.headers['retry-after']) };
    } catch (error) {
      signal.throwIfAborted();
      throw connectionError(error, name);
    }
  }

  async #wait(milliseconds: number, { name }: HttpRequest, signal: AbortSignal): Promise<void> {
    try {
      await setTimeout(milliseconds, undefined, { signal: AbortSignal.any([signal, this.#closing.signal]) });
    } catch {
      signal.throwIfAborted();
      throw new SystemError('SYSTEM_UNAVAILABLE', `${name}: closed while it waited to be sent again`);
    }
  }
}

/** A request is wanted, for the first time or after it was `sent` so often. */
function begun(request: HttpRequest, { observer }: Asker, sent: number): Observation | undefined {
  return observer?.begin(() => {
    const { method, url, name, called = name, attributes } = request;
    const { hostname, port, protocol } = new URL(url);
    return {
      name: called,
      attributes: {
        'http.request.method': method,
        'server.address': hostname,
        'server.port': Number(port || (protocol === 'https:' ? 443 : 80)),
        ...(sent > 0 && { 'http.request.resend_count': sent }),
        ...attributes,
      },
    };
  });
}

/** The wait that a `Retry-After` header asks for: seconds or a date (RFC 9110, 10.2.3). */
function millisecondsOf(header: string | string[] | undefined): number | undefined {
  const value = String(header ?? '').trim();
  if (/^\d+$/.test(value)) return Number(value) * 1000;
  const date = value === '' ? Number.NaN : Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - Date.now());
}

function connectionError(error: unknown, name: string): SystemError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  const detail = code ? `${name}: ${code}` : name;
  if (timeouts.has(code)) return new SystemError('SYSTEM_TIMEOUT', detail, { cause: error });
  if (unreadable.test(code)) return new SystemError('SYSTEM_FAILED', detail, { cause: error });
  return new SystemError('SYSTEM_UNAVAILABLE', detail, { cause: error });
}
