import { fieldOfSortValue } from '../../contract.ts';
import type { CatalogColumn } from '../../sources/sql/engine.ts';
import { type Code, quoted } from '../code.ts';
import type { DraftEnum, DraftField, DraftFilter } from '../draft.ts';
import { enumValue, fieldName, sentence, sortValue, typeName, unique, wordsOf } from '../names.ts';
import type { TypeNamer } from '../type-names.ts';
import { isUnreadable, type Look, type SeenTable } from './look.ts';
import type { NamedTable } from './relations.ts';
import { readingOf } from './values.ts';

/** What the columns of a table become. */
export interface Columns {
  readonly fields: readonly DraftField[];
  readonly filters: readonly DraftFilter[];
  readonly sorts: readonly string[];
  readonly enums: readonly DraftEnum[];
  /** The columns that no field was made of, each with what it holds. */
  readonly unread: readonly { readonly place: string; readonly holds: string }[];
}

const mostFilters = 6;
const mostSorts = 4;
/** A table of more rows is ordered by what is indexed only. */
const manyRows = 100_000;

/** Fields for the columns that aren't in `skip` (those of keys and relations). */
export function columnsOf(
  { table, names, taken }: NamedTable,
  skip: ReadonlySet<string>,
  kind: Look['kind'],
  namer: TypeNamer,
): Columns {
  const fields: DraftField[] = [];
  const filters: DraftFilter[] = [];
  const enums: DraftEnum[] = [];
  const sortable: { field: string; rank: number }[] = [];
  const unread: Columns['unread'][number][] = [];
  for (const column of table.columns) {
    if (skip.has(column.name)) continue;
    const words = wordsOf(column.name);
    const named = { words, name: () => unique(fieldName(words), taken) };
    const description = column.comment?.trim() || sentence(words);
    if (column.values && column.values.length > 0) {
      const made = enumOf(column, namer.enum(names.type + typeName(words)), column.values);
      const name = named.name();
      enums.push(made);
      fields.push({ name, type: nonNull(made.name, column), description, code: enumCode(column, made) });
      filters.push({ name, type: `[${made.name}!]`, description: `With any of these: ${words.join(' ')}.` });
      continue;
    }
    const samples = table.samples.get(column.name) ?? [];
    const reading = isUnreadable(column) ? undefined : readingOf(column, samples, kind);
    if (!reading) {
      unread.push({ place: `${names.type}.${column.name}`, holds: holdingOf(column, samples) });
      continue;
    }
    const name = named.name();
    fields.push({
      name,
      type: reading.mayBeNull ? reading.scalar : nonNull(reading.scalar, column),
      description,
      code: reading.code,
    });
    const indexed = table.leads.has(column.name);
    const filter = reading.comparable ? filterType(reading.scalar, indexed) : undefined;
    if (filter) filters.push({ name, type: filter, description: filterText(filter, words) });
    const rank = sortRank(reading.scalar, words, indexed, table);
    if (rank > 0 && fieldOfSortValue(sortValue(name)) === name) sortable.push({ field: name, rank });
  }
  return {
    fields,
    filters: filters.slice(0, mostFilters),
    sorts: sortable
      .toSorted((a, b) => b.rank - a.rank)
      .slice(0, mostSorts)
      .map(({ field }) => field),
    enums,
    unread,
  };
}

/** Why nothing fits: the type; what is held where that says more, as in SQLite, and in MariaDB, whose JSON is called longtext. */
function holdingOf({ type, engineType }: CatalogColumn, samples: readonly unknown[]): string {
  const called = engineType || type;
  if (/json/i.test(called)) return called;
  if (samples.some((value) => typeof value === 'object' && !Array.isArray(value))) return `${called} with JSON`;
  return ['float', 'unknown'].includes(type) && samples.length > 0 ? `${called} with ${kindsOf(samples)}` : called;
}

function kindsOf(samples: readonly unknown[]): string {
  return [...new Set(samples.map((value) => (typeof value === 'object' ? 'lists' : `${typeof value}s`)))].join(' and ');
}

function nonNull(type: string, { nullable }: CatalogColumn): string {
  return nullable ? type : `${type}!`;
}

function enumOf({ name }: CatalogColumn, type: string, codes: readonly string[]): DraftEnum {
  const values = new Map<string, string[]>();
  for (const code of codes) {
    const value = enumValue(wordsOf(code));
    values.set(value, [...(values.get(value) ?? []), code]);
  }
  return {
    name: type,
    description: sentence(wordsOf(name)),
    values: [...values].map(([value, each]) => ({ value, codes: each })),
  };
}

function enumCode({ name }: CatalogColumn, { values }: DraftEnum): Code {
  const codes = values.flatMap(({ value, codes: each }) => each.map((code) => [code, quoted(value)] as const));
  return { call: 'oneOf', of: [quoted(name), { object: codes }] };
}

/** What lists can be filtered by: truths, days and moments; text only where it is indexed. */
function filterType(scalar: string, indexed: boolean): string | undefined {
  if (scalar === 'Boolean') return 'Boolean';
  if (scalar === 'LocalDate') return 'LocalDateRange';
  if (scalar === 'DateTime') return 'DateTimeRange';
  return scalar === 'String' && indexed ? '[String!]' : undefined;
}

function filterText(type: string, words: readonly string[]): string {
  const text = words.join(' ');
  if (type === 'Boolean') return `Whether it is so: ${text}.`;
  return type.startsWith('[') ? `With any of these: ${text}.` : `In this period: ${text}.`;
}

/** How likely people want lists in this order; 0 for never. Without an index a large table would be sorted for each page. */
function sortRank(scalar: string, words: readonly string[], indexed: boolean, { rows = 0 }: SeenTable): number {
  if (['Boolean', 'Float', 'ID'].includes(scalar) || (rows > manyRows && !indexed)) return 0;
  if (indexed) return 3;
  if (scalar === 'DateTime' || scalar === 'LocalDate') return 2;
  return words.some((word) => /^(name|title|number|no)$/.test(word)) ? 1 : 0;
}
