import { type Client, createClientAsync, type IHttpClient, type ISecurity } from 'soap';
import { SystemError } from '../../errors.ts';
import { unlessAborted } from '../../limits.ts';
import type { Observation, PoolLoad } from '../../telemetry/observer.ts';
import type { Asker, Http } from '../http.ts';
import { LargeAnswers } from './large-answers.ts';
import { escaped, valueReaders } from './values.ts';
import { Wsdl } from './wsdl.ts';

/** Parameters of an operation by name; a list is sent as a repeated element. */
export type Parameters = Readonly<Record<string, unknown>>;

/** What an operation answered: the contents of the answer's element. */
export type Answer = Readonly<Record<string, unknown>>;

interface Ready {
  readonly client: Client;
  readonly wsdl: Wsdl;
}

/** One call of an operation, as it passes through the library. */
interface Calling extends Asker {
  readonly operation: string;
  /** What sees the request that answered. */
  observed?: Observation | undefined;
}

/** The system says that our message is bad: so is something that a client put into it. */
export class SenderFault extends SystemError {}

/** Calls the operations of a WSDL, which is fetched by the first call and then kept. */
export class SoapClient {
  readonly #http: Http;
  readonly #url: string;
  readonly #security: ISecurity | undefined;
  readonly #answers: LargeAnswers;
  #ready: Promise<Ready> | undefined;

  constructor(http: Http, url: string, security: ISecurity | undefined) {
    this.#http = http;
    this.#url = url;
    this.#security = security;
    this.#answers = new LargeAnswers(url);
  }

  /** Calls an operation. Errors: SystemError; the signal's reason when it aborts. */
  async call(operation: string, parameters: Parameters, { signal, observer }: Asker): Promise<Answer> {
    const { client, wsdl } = await this.#prepared(signal);
    const answer = wsdl.answerOf(operation);
    if (answer === undefined) throw new SystemError('SYSTEM_FAILED', `the WSDL has no operation ${operation}`);
    const calling: Calling = { operation, signal, observer };
    try {
      const { result, text } = await this.#invoke(client, escaped(wsdl.inOrder(operation, parameters)), calling);
      // For an empty body and for a missing answer the library gives the same as for an answer that holds nothing.
      if (!answer.test(text))
        throw new SystemError('SYSTEM_FAILED', `${operation} answered without its answer element`);
      calling.observed?.end();
      return isAnswer(result) ? result : {};
    } catch (error) {
      calling.observed?.end(error);
      throw error;
    }
  }

  /** The system's WSDL. Errors: SystemError. */
  async wsdl(signal: AbortSignal): Promise<Wsdl> {
    return (await this.#prepared(signal)).wsdl;
  }

  get load(): PoolLoad {
    return this.#http.load;
  }

  async close(): Promise<void> {
    await this.#http.close();
    await this.#answers.close();
  }

  /** The client, made once for all callers: one that gives up doesn't stop it for the others. A failure isn't kept. */
  async #prepared(signal: AbortSignal): Promise<Ready> {
    signal.throwIfAborted();
    this.#ready ??= this.#prepare().catch((error: unknown) => {
      this.#ready = undefined;
      throw error instanceof SystemError
        ? error
        : new SystemError('SYSTEM_FAILED', "the WSDL can't be read", { words: this.#http.excerpt(messageOf(error)) });
    });
    return unlessAborted(this.#ready, signal);
  }

  async #invoke(client: Client, parameters: Parameters, calling: Calling) {
    const { operation, signal } = calling;
    try {
      return await new Promise<{ result: unknown; text: string }>((resolve, reject) => {
        const done = (error: unknown, result: unknown, text: unknown) =>
          signal.aborted || error ? reject(error) : resolve({ result, text: String(text) });
        client[operation](parameters, done, { calling });
      });
    } catch (error) {
      signal.throwIfAborted();
      if (error instanceof SystemError) throw error;
      // The error itself is no cause to keep: the library hangs whole answers on it.
      const detail = `${operation} failed`;
      const options = { words: this.#http.excerpt(messageOf(error)) };
      const fault = faultCodeOf(error);
      if (refusals.test(fault)) throw new SystemError('SYSTEM_REFUSED', detail, options);
      const isOurs = sender.test(fault);
      throw new (isOurs ? SenderFault : SystemError)('SYSTEM_FAILED', detail, options);
    }
  }

  async #prepare(): Promise<Ready> {
    const client = await createClientAsync(this.#url, {
      httpClient: transport(this.#http, this.#answers),
      // The library's cache is shared by the whole process and would keep this client's options.
      disableCache: true,
      // `escaped` does it, since the library leaves text alone that looks like a CDATA section.
      escapeXML: false,
      wsdl_options: { overrideImportLocation: boundedImports() },
    });
    if (this.#security) client.setSecurity(this.#security);
    client.wsdl.options.customDeserializer = valueReaders(client.wsdl);
    this.#answers.attach(client.wsdl);
    return { client, wsdl: new Wsdl(client) };
  }
}

/** The most documents that one WSDL may import, and how long reading them all may take, in milliseconds. */
const maxImports = 50;
const prepareTimeoutMs = 30_000;

/** Lets a WSDL import from the web only, and not without end: the library would also open files, and go on for ever. */
function boundedImports(): (location: string) => string {
  let imports = 0;
  return (location) => {
    imports += 1;
    if (imports > maxImports) throw new Error(`the WSDL imports more than ${maxImports} documents`);
    if (!/^https?:/i.test(location)) throw new Error('the WSDL imports a document that is not on the web');
    return location;
  };
}

/** The library's way to our connections, which it would otherwise make itself with axios. */
function transport(http: Http, answers: LargeAnswers): IHttpClient {
  // Only documents of the WSDL are read without a caller. They are for all callers, so that no one's trace has them.
  const preparing: Calling = { operation: 'the WSDL', signal: AbortSignal.timeout(prepareTimeoutMs) };
  const request = (
    url: string,
    body: string | null,
    done: (error: unknown, response?: { status: number }, body?: string) => void,
    headers: Readonly<Record<string, string>> = {},
    { calling = preparing }: { calling?: Calling } = {},
  ): void => {
    const read = { method: 'GET', url, name: 'the WSDL', headers } as const;
    const { operation, signal } = calling;
    const message = {
      method: 'POST',
      url,
      name: headers.SOAPAction ?? 'the operation',
      called: operation,
      attributes: { 'rpc.system': 'soap', 'rpc.method': operation },
      headers,
      body: body ?? '',
    } as const;
    http
      .send(body === null ? read : message, calling)
      .then(async ({ status, text, observed }) => {
        calling.observed = observed;
        if (body === null) answers.keep(url, text);
        // 500 and, in SOAP 1.2, 400 come with a fault, which the library reads.
        if (hostile.test(text)) throw new SystemError('SYSTEM_FAILED', 'the system answered with a hostile reference');
        if (![200, 400, 500].includes(status))
          throw new SystemError('SYSTEM_FAILED', `the system answered ${status}`, { words: http.excerpt(text) });
        if (body !== null) await answers.prepare(text, signal);
        done(null, { status }, text);
      })
      .catch(done);
  };
  // The library's type promises what axios gives; the library itself doesn't look at it.
  return { request } as unknown as IHttpClient;
}

/**
 * References between elements (SOAP 1.1, 5.4.1) whose name the library would write into every object's prototype. One with an
 * entity in its name is refused too, since it may spell the same.
 */
const hostile = /[\s"'](?:[\w.-]+:)?(?:id|href)\s*=\s*["']#?[^"'<]*(?:__proto__|&)/i;

/** Codes of faults about the security header (WS-Security 1.1.1, 12), and that of servers made with the `soap` package. */
const refusals =
  /\b(FailedAuthentication|FailedCheck|InvalidSecurity(Token)?|SecurityTokenUnavailable|Unsupported(SecurityToken|Algorithm)|MessageExpired|AuthenticationFailure)\b/;

/** Codes of faults that lie in the message itself (SOAP 1.1, 4.4.1; SOAP 1.2, 5.4.6). */
const sender = /\b(Client|Sender)\b/;

function faultCodeOf(error: unknown): string {
  const fault = (error as { root?: { Envelope?: { Body?: { Fault?: unknown } } } }).root?.Envelope?.Body?.Fault;
  const { faultcode, Code } = (fault ?? {}) as { faultcode?: unknown; Code?: unknown };
  return JSON.stringify(faultcode ?? Code ?? '');
}

/** What went wrong; the library also rejects with objects that are no errors. */
function messageOf(error: unknown): string {
  const fault = (error as { Fault?: { faultstring?: unknown; detail?: unknown } }).Fault;
  if (fault) return `${fault.faultstring}: ${fault.detail}`;
  return error instanceof Error ? error.message : String(error);
}

function isAnswer(value: unknown): value is Answer {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
