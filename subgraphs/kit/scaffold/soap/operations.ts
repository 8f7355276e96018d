import type { Element } from '../../sources/soap/wsdl.ts';
import { type Code, quoted } from '../code.ts';

type Elements = Readonly<Record<string, Element>>;

/** The records in an answer. */
export interface Rows {
  /** The repeated element that holds one. */
  readonly element: string;
  /** What stands in it. */
  readonly columns: Elements;
}

/** The one repeated element with children in an answer; undefined where there are several, or where it holds groups of others. */
export function rowsOf(output: Element): Rows | undefined {
  if (typeof output === 'string') return undefined;
  const repeated = Object.entries(output).filter(([name, inner]) => name.endsWith('[]') && typeof inner === 'object');
  const [only] = repeated;
  if (!only || repeated.length > 1) return undefined;
  const columns = Object.fromEntries(
    Object.entries(only[1] as Elements).filter(([name]) => !['targetNSAlias', 'targetNamespace'].includes(name)),
  );
  if (Object.values(columns).some((inner) => typeof inner === 'object')) return undefined;
  return { element: simpleName(only[0]), columns };
}

/** How an operation lists all records, guessed from the names of its parameters; undefined where it doesn't. */
export function listOf(
  operation: string,
  rows: string,
  key: string,
  input: Elements,
  output: Elements,
): { operation: string; counts: boolean; code: Code } | undefined {
  const parameter = (pattern: RegExp) => Object.keys(input).find((name) => pattern.test(name));
  const answered = (pattern: RegExp) => Object.keys(output).find((name) => pattern.test(name));
  const limit = parameter(/^(max|limit|page_?size|top|count)(rows|results|items|records|entries)?$/i);
  const after = parameter(/^(start_?after|after|last_?(key|id)|continue_?after)$/i);
  const more = answered(/^(has_?)?more(_?(rows|results|items))?$/i);
  if (limit === undefined || after === undefined || more === undefined) return undefined;
  const wanted = parameter(/^(with|include|count)_?(total|count)$/i);
  const total = answered(/^total(_?(count|rows))?$/i);
  const counted =
    wanted !== undefined && total !== undefined
      ? [
          [
            'total',
            {
              object: [
                ['parameter', quoted(wanted)],
                ['path', quoted(total)],
              ],
            },
          ] as const,
        ]
      : [];
  return {
    operation,
    counts: counted.length > 0,
    code: {
      object: [
        ['operation', quoted(operation)],
        ['rows', quoted(rows)],
        ['limit', quoted(limit)],
        [
          'after',
          {
            object: [
              ['parameter', quoted(after)],
              ['column', quoted(key)],
            ],
          },
        ],
        ...(more === 'More' ? [] : [['more', quoted(more)] as const]),
        ...counted,
        ['orders', { object: [[`${key} asc`, { object: [] }]] }],
      ],
      open: true,
    },
  };
}

/** `DocNo` for `DocNo[]`, as the library writes what repeats. */
export function simpleName(name: string): string {
  return name.replace(/\[\]$/, '');
}
