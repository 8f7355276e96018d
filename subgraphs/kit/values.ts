import type { ValueMapping } from './forms.ts';
import type { ColumnType, Raw } from './source.ts';
import { toUtc } from './time.ts';

/** How a scalar of the contract is read from a column that holds it plainly, and written for a comparison. */
interface Form {
  readonly accepts: readonly ColumnType[];
  /** Whether a system may hold one value in several spellings, so that nothing can be compared with it. */
  readonly spelledFreely?: true;
  read(raw: NonNullable<unknown>): unknown;
}

const text: Form = {
  accepts: ['text', 'integer', 'decimal', 'date', 'datetime', 'moment', 'boolean'],
  read: scalarText,
};

const forms: Readonly<Record<string, Form>> = {
  ID: text,
  String: text,
  Currency: { accepts: ['text'], read: scalarText },
  // A decimal column may hold whole numbers only; GraphQL refuses any other.
  Int: { accepts: ['integer', 'decimal'], read: number },
  Float: { accepts: ['integer', 'decimal', 'float'], read: number },
  Boolean: {
    accepts: ['boolean', 'integer'],
    read(raw) {
      if (typeof raw === 'boolean') return raw;
      if (Number(raw) === 1) return true;
      if (Number(raw) === 0) return false;
      throw new TypeError('expected a boolean, 0 or 1');
    },
  },
  Decimal: {
    accepts: ['integer', 'decimal', 'text'],
    read(raw) {
      if (typeof raw === 'number' && !Number.isSafeInteger(raw))
        throw new TypeError('expected an exact decimal, got a float');
      return String(raw);
    },
  },
  DateTime: {
    accepts: ['datetime', 'moment', 'text'],
    spelledFreely: true,
    read(raw) {
      if (isZeroDate(raw)) return null;
      const spelled = String(raw)
        .replace(' ', 'T')
        .replace(/(:\d\d(?:\.\d+)?[+-]\d\d)$/, '$1:00');
      return required(toUtc(/(Z|[+-]\d\d:?\d\d)$/.test(spelled) ? spelled : `${spelled}Z`), 'a moment in ISO 8601');
    },
  },
  LocalDate: {
    accepts: ['date', 'text'],
    // An xs:date may carry a zone, which says nothing about which day is meant.
    read: (raw) => (isZeroDate(raw) ? null : required(/^\d{4}-\d\d-\d\d/.exec(String(raw))?.[0], 'a day in ISO 8601')),
  },
};

/**
 * The mapping that a bare column name stands for, by the scalar of the contract's field; undefined for a scalar or enum that
 * can't be held plainly.
 */
export function plain(column: string, scalar: string): ValueMapping | undefined {
  const form = forms[scalar];
  if (!form) return undefined;
  return {
    kind: 'value',
    columns: [column],
    accepts: { [column]: form.accepts },
    read(row) {
      const raw = row[column];
      return raw === null || raw === undefined ? null : form.read(raw);
    },
    ...(form.spelledFreely ? {} : { write: (value: unknown) => [value as Raw] }),
  };
}

/** MySQL's way to say that there is no date (MySQL reference manual, "The DATE, DATETIME, and TIMESTAMP Types"). */
function isZeroDate(raw: unknown): boolean {
  return String(raw).startsWith('0000-00-00');
}

/** The text of a scalar. Throws for an object, whose text says nothing. */
function scalarText(raw: unknown): string {
  if (typeof raw === 'object') throw new TypeError('expected text, got an object');
  return String(raw);
}

function number(raw: unknown): number {
  const value = typeof raw === 'string' && raw.trim() === '' ? Number.NaN : Number(raw);
  if (!Number.isFinite(value)) throw new TypeError('expected a number');
  return value;
}

function required<T>(value: T | null | undefined, expected: string): T {
  if (value === null || value === undefined) throw new TypeError(`expected ${expected}`);
  return value;
}
