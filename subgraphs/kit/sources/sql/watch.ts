import { channel } from 'node:diagnostics_channel';
import type { Call } from '../../source.ts';
import type { Described, Observation } from '../../telemetry/observer.ts';
import type { Statement } from './engine.ts';

/** Every statement that is run is published here as `{ sql, parameters }`, for whoever counts them. */
const statements = channel('junction:sql');

/** Which database is asked, for spans; by the names of OpenTelemetry's conventions for databases. */
export interface DatabasePlace {
  readonly 'db.system.name': 'sqlite' | 'postgresql' | 'mariadb';
  readonly 'db.namespace'?: string;
  readonly 'server.address'?: string;
  readonly 'server.port'?: number;
}

/** Who asks. */
type Asker = Partial<Pick<Call, 'observer'>>;

/** Sees how one statement is run: each attempt, from when it is wanted, through waiting for a connection, to its rows. */
export class Watch {
  readonly #statement: Statement;
  readonly #asker: Asker;
  readonly #place: DatabasePlace;
  readonly #toError: (error: unknown) => unknown;
  #begunAt = 0;
  #attempt: Observation | undefined;

  /** `toError`: what an error of the driver means. */
  constructor(statement: Statement, asker: Asker, place: DatabasePlace, toError: (error: unknown) => unknown) {
    this.#statement = statement;
    this.#asker = asker;
    this.#place = place;
    this.#toError = toError;
  }

  begin(): void {
    const { observer } = this.#asker;
    if (!observer) return;
    this.#attempt = observer.begin(() => described(this.#statement, this.#place));
    if (this.#attempt.span) this.#begunAt = performance.now();
  }

  /** It goes out now. */
  sent(): void {
    const { sql, parameters } = this.#statement;
    if (statements.hasSubscribers) statements.publish({ sql, parameters });
    this.#attempt?.span?.set({ 'junction.wait_ms': Math.round((performance.now() - this.#begunAt) * 1_000) / 1_000 });
  }

  /** It ended, well or with an error of the driver. Later calls do nothing until another attempt begins. */
  end(error?: unknown): void {
    const attempt = this.#attempt;
    this.#attempt = undefined;
    attempt?.end(error === undefined ? undefined : this.#toError(error));
  }
}

/** The longest text of a statement in a span. */
const longestText = 4_096;

function described({ sql, table, keys = 0 }: Statement, place: DatabasePlace): Described {
  const operation = (/^\s*([a-z]+)/i.exec(sql)?.[1] ?? 'select').toUpperCase();
  return {
    name: table === undefined ? operation : `${operation} ${table}`,
    attributes: {
      ...place,
      'db.operation.name': operation,
      // What was asked for stands in parameters but for how many rows, which planners weigh.
      'db.query.text': sql.replace(/\blimit \d+/g, 'limit ?').slice(0, longestText),
      ...(table !== undefined && { 'db.collection.name': table }),
      ...(keys > 1 && { 'db.operation.batch.size': keys }),
    },
  };
}
