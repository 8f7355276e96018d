import type { PoolClient } from 'pg';
import type { Values } from '../engine.ts';
import { isCanceled } from './errors.ts';
import type { PostgresTypes } from './types.ts';

/** The most statements that are kept prepared on a connection; one that has more is replaced. */
const maxPrepared = 500;

/**
 * What holds for every statement: nothing is written, moments are in UTC, days and moments in ISO 8601, numbers have all of their
 * digits, and the server ends what runs too long.
 */
export function sessionSettings(statementTimeoutMs: number): Readonly<Record<string, string>> {
  return {
    default_transaction_read_only: 'on',
    statement_timeout: String(statementTimeoutMs),
    TimeZone: 'UTC',
    DateStyle: 'ISO',
    IntervalStyle: 'postgres',
    bytea_output: 'hex',
    client_encoding: 'UTF8',
    extra_float_digits: '3',
    // A plan for any parents may walk the order's index past thousands of other parents' rows; planning anew costs 0.1 ms.
    plan_cache_mode: 'force_custom_plan',
  };
}

/**
 * Has a server from version 14 on look every second whether the connection is still there, and stop if it isn't. No setting of the
 * session's start: an older server would refuse that.
 */
const watchClient = `select case when current_setting('server_version_num')::integer >= 140000
  then set_config('client_connection_check_interval', '1s', false) end`;

/** One connection. */
export class PostgresSession {
  readonly client: PoolClient;
  /** On the clock of `performance.now()`. */
  readonly openedAt = performance.now();
  readonly #types: PostgresTypes;
  readonly #transaction: string | undefined;
  /** Names by the text of the statement. */
  readonly #prepared = new Map<string, string>();
  #isNew = true;

  /** `transaction`: what stands before every statement, where a pooler gives each transaction another connection of its own. */
  constructor(client: PoolClient, types: PostgresTypes, transaction: string | undefined) {
    this.client = client;
    this.#types = types;
    this.#transaction = transaction;
    // Whoever waits for an answer learns of a broken connection by that; with nobody listening the process would end.
    client.on('error', () => {});
  }

  get isWornOut(): boolean {
    return this.#prepared.size > maxPrepared;
  }

  async ask(text: string, values: readonly unknown[]): Promise<readonly Values[]> {
    if (this.#transaction === undefined) {
      if (this.#isNew) await this.#haveWatched();
      return this.#read(text, values);
    }
    await this.client.query(this.#transaction);
    try {
      return await this.#read(text, values);
    } finally {
      // Nothing was written. If this fails, so does the next use of the connection; what the statement said counts.
      await this.client.query('rollback').catch(() => {});
    }
  }

  /** Where the server can't, what is cut off goes on until the statement's time is up. */
  async #haveWatched(): Promise<void> {
    this.#isNew = await this.client.query(watchClient).then(() => false, isCanceled);
  }

  async #read(text: string, values: readonly unknown[]): Promise<readonly Values[]> {
    const { fields, rows } = await this.#query(text, values);
    await this.#types.complete(fields, rows, async (sql, oids) => (await this.#query(sql, [oids])).rows);
    return rows;
  }

  #query(text: string, values: readonly unknown[]) {
    const query = { text, rowMode: 'array' as const };
    if (this.#transaction !== undefined) return this.client.query(query, [...values]);
    // Behind a pooler that passes statements on to any connection, a name would be unknown or another's.
    const name = this.#prepared.get(text) ?? `junction_${this.#prepared.size}`;
    this.#prepared.set(text, name);
    return this.client.query({ ...query, name }, [...values]);
  }
}
