import type { ListRequest, Page, Position, Row } from '../../source.ts';
import { at } from '../paths.ts';
import type { Values } from './engine.ts';
import type { Column, Table } from './table.ts';

/** What is selected so that rows have all the columns that are wanted: a JSON column once, however many paths lead into it. */
export class RowReader {
  /** The columns to select, in this order. */
  readonly columns: readonly Column[];
  readonly #wanted: readonly Wanted[];

  /** Errors: SystemError when the table has no such column. */
  constructor(table: Table, names: readonly string[]) {
    const columns: Column[] = [];
    this.#wanted = [...new Set(names)].map((name) => {
      const column = table.column(name);
      let place = columns.findIndex(({ held, join, path }) => {
        return (
          path !== undefined && column.path !== undefined && held.name === column.held.name && join === column.join
        );
      });
      if (place < 0) place = columns.push(column) - 1;
      return { name, place, path: column.path, isJson: column.path !== undefined || column.held.type === 'list' };
    });
    this.columns = columns;
  }

  /** A row of the values of `columns`. */
  row(values: Values): Row {
    const row: Record<string, unknown> = {};
    for (const { name, place, path, isJson } of this.#wanted) {
      const value = isJson ? parsed(values[place]) : values[place];
      row[name] = path === undefined ? value : (at(value, path) ?? null);
    }
    return row;
  }

  /** The page of which these are the rows and, where there is a next page, the first row of that. */
  page(rows: readonly Values[], { first, order }: ListRequest, total: number | undefined): Page {
    const page = rows.slice(0, first).map((values) => {
      const row = this.row(values);
      return { row, position: order.map(({ column }) => positionValue(row[column])) };
    });
    return { rows: page, hasNext: rows.length > first, ...(total === undefined ? {} : { total }) };
  }
}

/** A column of rows: the place of its value among those that are selected, and where it lies in that, if that is JSON. */
interface Wanted {
  readonly name: string;
  readonly place: number;
  readonly path: string | undefined;
  readonly isJson: boolean;
}

/** JSON that stands in a column of text; text that is none holds nothing. */
function parsed(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  try {
    return JSON.parse(value);
  } catch {
    return undefined;
  }
}

function positionValue(value: unknown): Position[number] {
  return typeof value === 'bigint' ? String(value) : ((value ?? null) as Position[number]);
}
