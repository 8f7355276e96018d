import { hash } from 'node:crypto';
import { pino } from 'pino';
import { defaultConfigFile, type PersistedSettings } from '../../../gateway/config-file.ts';
import { parametersOfBody, parametersOfUrl } from '../../../gateway/http/parameters.ts';
import { PersistedOperations, type PersistedOptions } from '../../../gateway/operations/persisted/persisted.ts';

/** What a client is told: the text that would run, or the status, code and message of the refusal. */
export type Told = string | readonly [status: number, code: string, message?: string];

/** Persisted operations as a client meets them. */
export interface Client {
  readonly operations: PersistedOperations;
  /** What was logged, line by line. */
  readonly log: Record<string, unknown>[];
  /** Posts this body. Every text counts as valid but "invalid". */
  post(body: unknown): Promise<Told>;
  /** Gets this query string. */
  get(search: Record<string, string>): Promise<Told>;
}

/** Opens persisted operations with these settings. */
export async function client(
  settings: Partial<PersistedSettings> = {},
  options: Partial<PersistedOptions> = {},
): Promise<Client> {
  const log: Record<string, unknown>[] = [];
  const operations = await PersistedOperations.open(
    { ...defaultConfigFile.persisted_operations, ...settings },
    { log: pino({ base: null }, { write: (line: string) => log.push(JSON.parse(line)) }), pollMs: 0, ...options },
  );
  async function told(parameters: ReturnType<typeof parametersOfBody>): Promise<Told> {
    if (typeof parameters === 'string') return [400, 'BAD_REQUEST', parameters];
    const resolution = await operations.resolve(parameters);
    if (resolution.kind === 'refused') {
      const { status, error } = resolution;
      return [status, error.code, error.message];
    }
    if (resolution.query !== 'invalid') resolution.remember?.();
    return resolution.query;
  }
  return {
    operations,
    log,
    post: (body) => told(parametersOfBody(typeof body === 'string' ? body : JSON.stringify(body))),
    get: (search) => told(parametersOfUrl(`/graphql?${new URLSearchParams(search)}`)),
  };
}

/** The hash that clients send for a text. */
export function sha256(text: string): string {
  return hash('sha256', text, 'hex');
}

/** The `extensions` for an id. */
export function persisted(sha256Hash: string) {
  return { persistedQuery: { version: 1, sha256Hash } };
}
