import { SystemError } from '../../errors.ts';
import type { KeyRequest, Raw, Row } from '../../source.ts';
import type { Asker } from '../http.ts';
import type { Parameters } from '../lists.ts';
import { at, rowOf } from '../paths.ts';
import { fitsPath, listAt, type RestClient } from './client.ts';
import { type DeletedMark, isDeleted, pathsOfMark } from './deleted.ts';
import type { RestLookUp } from './options.ts';

type LookUpOf<Field extends string> = Extract<RestLookUp, Record<Field, string>>;

/** Reads rows by key, in each of the ways that systems offer. */
export class RestLookUps {
  readonly #client: RestClient;

  constructor(client: RestClient) {
    this.#client = client;
  }

  /** The rows of the keys in `column`. Errors: SystemError. */
  async read(lookUp: RestLookUp, column: string, { keys, columns }: KeyRequest, asker: Asker): Promise<readonly Row[]> {
    const wanted = [...new Set([column, ...columns])];
    const values = keys.map(([value]) => value as Raw).filter((value) => value !== null);
    if (values.length === 0) return [];
    if ('keys' in lookUp) return this.#batch(lookUp, column, values, wanted, asker);
    // The system was asked about one key: what it answers is the row of that key, even where it writes the key otherwise, as
    // a telephone number or a mail address may be.
    const records = await Promise.all(values.map((value) => this.#single(lookUp, value, wanted, asker)));
    return records.flat().map((record) => rowOf(record, wanted));
  }

  async #batch(
    lookUp: LookUpOf<'keys'>,
    column: string,
    values: readonly Raw[],
    columns: readonly string[],
    asker: Asker,
  ): Promise<readonly Row[]> {
    const inBody = 'post' in lookUp;
    // A comma would make two keys of one; a system that separates keys by commas has none with a comma in it.
    const keys = inBody ? values : values.filter((value) => !String(value).includes(','));
    if (keys.length === 0) return [];
    const parameters: Parameters = { ...lookUp.parameters, [lookUp.keys]: keys, ...selection(lookUp, columns) };
    const { body, name } = await this.#client.call(
      inBody ? { method: 'POST', path: lookUp.post, parameters } : { method: 'GET', path: lookUp.get, parameters },
      asker,
    );
    const asked = new Set(keys.map(String));
    return listAt(body, lookUp.rows, name)
      .filter((record) => asked.has(scalarText(at(record, column))) && !isDeleted(lookUp.deleted, record))
      .map((record) => rowOf(record, columns));
  }

  async #single(
    lookUp: Exclude<RestLookUp, { keys: string }>,
    value: Raw,
    columns: readonly string[],
    asker: Asker,
  ): Promise<readonly unknown[]> {
    const inPath = !('key' in lookUp);
    if (inPath && !fitsPath(value)) return [];
    const parameters: Parameters = {
      ...lookUp.parameters,
      ...(inPath ? {} : { [lookUp.key]: lookUp.as?.(value) ?? value }),
      ...selection(lookUp, columns),
    };
    const noRow = inPath || lookUp.rows === undefined ? [404] : [];
    const call = { method: 'GET', path: lookUp.get, segment: value, parameters } as const;
    const { status, body, name } = await this.#client.call(call, asker, noRow);
    if (status === 404) return [];
    const rows = lookUp.rows === undefined ? body : at(body, lookUp.rows);
    if (rows === null) return [];
    if (typeof rows === 'object') return [rows].flat().filter((record) => !isDeleted(lookUp.deleted, record));
    throw new SystemError('SYSTEM_FAILED', `${name}: expected rows at "${lookUp.rows ?? ''}", got ${typeof rows}`);
  }
}

/** The text of a key; an object is none, and its own `toString` is not asked. */
function scalarText(value: unknown): string {
  return typeof value === 'object' ? '' : String(value);
}

/** The parameter that names the fields to return: the first steps of the columns' paths. */
export function selection(
  { fields, deleted }: { readonly fields?: string; readonly deleted?: DeletedMark },
  columns: readonly string[],
): Parameters {
  if (fields === undefined) return {};
  const paths = [...columns, ...pathsOfMark(deleted)];
  return { [fields]: [...new Set(paths.map((path) => path.split('.', 1)[0] as string))] };
}
