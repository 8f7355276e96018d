import type { Logger } from 'pino';
import { Pool } from 'undici';
import type { AuthorizationSettings } from '../../config-file.ts';
import type { Caller } from '../caller.ts';

type ServiceSettings = NonNullable<AuthorizationSettings['policy_service']>;

/** The largest answer, in bytes. */
const maxAnswerBytes = 64 * 1024;

/** The most questions at a time; the others wait, within their time. */
const connections = 32;

/**
 * The HTTP service that decides about policies. It is asked as Open Policy Agent is (REST API, "Data API", "Get a Document (with Input)"),
 * so that one can be it: `POST {"input":{"caller":{"id","kind","claims","scopes"},"policies":["a","b"]}}` is answered
 * `{"result":{"a":true,"b":false}}`. Nothing but `true` is a yes.
 */
export class DecisionService {
  readonly #settings: ServiceSettings;
  readonly #log: Pick<Logger, 'info' | 'error'>;
  readonly #origin: string;
  readonly #path: string;
  readonly #pool: Pool;
  #isFailing = false;

  constructor(settings: ServiceSettings, log: Pick<Logger, 'info' | 'error'>) {
    const { origin, pathname, search } = new URL(settings.url);
    this.#settings = settings;
    this.#log = log;
    this.#origin = origin;
    this.#path = pathname + search;
    this.#pool = new Pool(origin, {
      allowH2: false,
      connections,
      maxResponseSize: maxAnswerBytes,
      connectTimeout: settings.timeout_ms,
    });
  }

  /** Those of the names that hold for the caller; undefined where no answer came, which is logged. Never rejects. */
  async ask(caller: Caller, names: readonly string[]): Promise<ReadonlySet<string> | undefined> {
    try {
      const result = await this.#ask(caller, names);
      if (this.#isFailing) this.#log.info({ origin: this.#origin }, 'the policy service decides again');
      this.#isFailing = false;
      return new Set(names.filter((name) => Object.hasOwn(result, name) && result[name] === true));
    } catch (error) {
      const failure = { origin: this.#origin, reason: reasonOf(error, this.#settings.timeout_ms) };
      if (!this.#isFailing) this.#log.error(failure, 'the policy service does not decide, so its policies do not hold');
      this.#isFailing = true;
      return undefined;
    }
  }

  async close(): Promise<void> {
    await this.#pool.destroy();
  }

  async #ask({ id, kind, claims, scopes }: Caller, policies: readonly string[]): Promise<Record<string, unknown>> {
    // Redirects are not followed: whoever the service is, it is at this address.
    const answer = await this.#pool.request({
      path: this.#path,
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json' },
      body: JSON.stringify({ input: { caller: { id, kind, claims, scopes: [...scopes] }, policies } }),
      // Over all of it: also while it waits for a connection, and while the answer trickles in.
      signal: AbortSignal.timeout(this.#settings.timeout_ms),
    });
    const { statusCode } = answer;
    if (statusCode !== 200) {
      answer.body.on('error', () => {}).destroy();
      throw new UnusableAnswer(`expected status 200, got ${statusCode}`);
    }
    const result = resultOf(await answer.body.text());
    if (!result) throw new UnusableAnswer('expected {"result":{…}} in JSON');
    return result;
  }
}

/** The message quotes nothing of what came. */
class UnusableAnswer extends Error {}

function resultOf(text: string): Record<string, unknown> | undefined {
  let answer: unknown;
  try {
    answer = JSON.parse(text);
  } catch {
    return undefined;
  }
  const result = isObject(answer) && Object.hasOwn(answer, 'result') ? answer.result : undefined;
  return isObject(result) ? result : undefined;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What a log may say: neither the caller's claims nor the service's words. */
function reasonOf(error: unknown, timeoutMs: number): string {
  if (error instanceof UnusableAnswer) return error.message;
  if (!(error instanceof Error)) return 'unknown';
  if (error.name === 'TimeoutError') return `expected an answer within ${timeoutMs} ms`;
  if ('code' in error && error.code === 'UND_ERR_RES_EXCEEDED_MAX_SIZE')
    return `expected at most ${maxAnswerBytes} bytes`;
  return 'code' in error && typeof error.code === 'string' ? error.code : error.name;
}
