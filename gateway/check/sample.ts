import { isDeepStrictEqual } from 'node:util';
import type { GraphQLFormattedError } from 'graphql';
import { ValueError } from '../../subgraphs/kit/errors.ts';
import { assemble, type Subgraph, type SubgraphLog, type SubgraphParts } from '../../subgraphs/kit/subgraph.ts';
import type { TypeCheck } from './findings.ts';
import { entityQuery, listQuery, type Reading, readings } from './queries.ts';

/** What is logged beside the message of an error. */
interface Details {
  readonly code?: string;
  readonly path?: GraphQLFormattedError['path'];
  readonly err?: unknown;
  /** The words of a system that refuses us. */
  readonly reason?: string;
}

/** What a subgraph would have written to the log while a type was read. */
export class Heard implements SubgraphLog {
  #warnings: string[] = [];
  #errors: string[] = [];

  info(): void {}

  warn(_details: object, message: string): void {
    this.#warnings.push(message);
  }

  error(details: Details, message: string): void {
    this.#errors.push(said(details, message));
  }

  /** The warnings since the last time, each once. */
  takeWarnings(): string[] {
    const warnings = [...new Set(this.#warnings)];
    this.#warnings = [];
    return warnings;
  }

  /** The errors since the last time, each once, with the number of records that it stands for. */
  takeErrors(): string[] {
    const counts = new Map<string, number>();
    for (const error of this.#errors) counts.set(error, (counts.get(error) ?? 0) + 1);
    this.#errors = [];
    return [...counts].map(([error, count]) => (count === 1 ? error : `${error} (${count} times)`));
  }
}

/** Reads three records of each type by a list that leads to it, and one of those again by its key. `onType`: told which comes now. */
export async function sampleTypes(
  parts: SubgraphParts,
  subgraph: Subgraph,
  log: Heard,
  onType: (type: string) => void = () => {},
): Promise<TypeCheck[]> {
  const { schema, model } = assemble(parts);
  const checks: TypeCheck[] = [];
  for (const reading of readings(schema, model)) {
    onType(reading.type);
    checks.push(await sampleType(reading, subgraph, log));
  }
  return checks;
}

async function sampleType(reading: Reading, subgraph: Subgraph, log: Heard): Promise<TypeCheck> {
  const { type, path, key, fields } = reading;
  if (!path) return { type, rows: 'none', faults: [], remarks: [], notes: [] };
  const [listed, listMs] = await timed(() => run(subgraph, listQuery(reading)));
  const rows = recordsAt(
    listed.data,
    path.flatMap(({ field, rows }) => (rows === 'nodes' ? [field, 'nodes'] : [field])),
  );
  const faults = faultsIn(listed.errors, log);
  const remarks: string[] = [];
  const [row] = rows;
  let keyMs: number | undefined;
  if (row && key.length > 0 && key.every((field) => row[field] !== undefined)) {
    const named = (record: RecordOf) => key.map((field) => `${field} ${JSON.stringify(record[field])}`).join(', ');
    const twice = rows.find((each, i) => rows.findIndex((other) => named(other) === named(each)) < i);
    // By a way through other records the same one may come several times.
    if (twice && path.length === 1)
      faults.push(`${type}: two records of the list have ${named(twice)}, which must tell every two apart.`);
    const representation = { __typename: type, ...Object.fromEntries(key.map((field) => [field, row[field]])) };
    const [found, ms] = await timed(() => run(subgraph, entityQuery(reading), { representations: [representation] }));
    keyMs = ms;
    const again = faultsIn(found.errors, log);
    faults.push(...again.filter((fault) => !faults.includes(fault)));
    const record = (found.data as Entities | undefined)?._entities?.[0];
    const other = record ? fields.filter((field) => !isDeepStrictEqual(record[field], row[field])) : [];
    if (!record && again.length === 0)
      faults.push(`${type}: the record with ${named(row)} is in the list, but is not found by its key.`);
    else if (record && named(record) !== named(row))
      faults.push(`${type}: by the key of the record with ${named(row)} another is found, with ${named(record)}.`);
    else if (other.length > 0)
      remarks.push(
        `${type}: the record with ${named(row)} has other values by its key than in the list: ${other.join(', ')}. Either its key is another's too, or it has just changed.`,
      );
  }
  const empty = fields.filter((field) => rows.every((each) => each[field] === null));
  const all = rows.length === 1 ? 'the one record' : `all ${rows.length} records`;
  const notes = rows.length > 0 && empty.length > 0 ? [`null in ${all}: ${empty.join(', ')}`] : [];
  remarks.push(...log.takeWarnings());
  return { type, rows: rows.length, listMs, ...(keyMs === undefined ? {} : { keyMs }), faults, remarks, notes };
}

interface Entities {
  readonly _entities?: readonly (RecordOf | null)[];
}

type RecordOf = Readonly<Record<string, unknown>>;

function run(subgraph: Subgraph, query: string, variables?: RecordOf) {
  return subgraph.execute({ query, variables }, { signal: new AbortController().signal, requestId: 'check' });
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const start = performance.now();
  const result = await work();
  return [result, performance.now() - start];
}

/** All records at the end of a path; a list on the way is gone through. */
function recordsAt(value: unknown, path: readonly string[]): RecordOf[] {
  if (Array.isArray(value)) return value.flatMap((each) => recordsAt(each, path));
  if (typeof value !== 'object' || value === null) return [];
  const [step, ...rest] = path;
  return step === undefined ? [value as RecordOf] : recordsAt((value as RecordOf)[step], rest);
}

/** What was logged; or else what was answered: a query that this check words wrongly must not pass for a good one. */
function faultsIn(errors: readonly { readonly message: string }[] | undefined, log: Heard): string[] {
  const logged = log.takeErrors();
  return logged.length > 0 || !errors ? logged : [...new Set(errors.map(({ message }) => message))];
}

/** An error as an operator may read it: with the field, the code and the cause. */
function said({ code, path = [], err, reason }: Details, message: string): string {
  if (reason !== undefined) return `${message}: ${reason}`;
  const cause = err instanceof ValueError ? err.cause : err;
  const why = cause instanceof Error && cause.message !== message ? cause.message.replace(/\.$/, '') : undefined;
  const field = path.filter((step) => typeof step === 'string').at(-1);
  const where = err instanceof ValueError || field === undefined ? '' : `${field}: `;
  return `${code ?? 'ERROR'}: ${where}${why === undefined ? message : `${message.replace(/\.$/, '')}: ${why}.`}`;
}
