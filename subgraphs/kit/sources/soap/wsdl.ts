import type { Client } from 'soap';
import type { ColumnType } from '../../source.ts';
import { baseOf } from './values.ts';

/** An element's type as the library describes it: its children by name, `[]` behind those that repeat; or a built-in type. */
export type Element = string | { readonly [name: string]: Element };

/** An operation's question and answer. */
export interface Operation {
  readonly input: Element;
  readonly output: Element;
}

/** What a WSDL says of its operations. */
export class Wsdl {
  readonly #operations = new Map<string, Operation>();
  readonly #answers = new Map<string, RegExp>();

  constructor(client: Client) {
    for (const { ports } of Object.values(client.wsdl.definitions.services)) {
      for (const { binding } of Object.values(ports)) {
        for (const [name, method] of Object.entries(binding.methods)) {
          const { input, output } = method.description(client.wsdl.definitions);
          this.#operations.set(name, { input: input ?? {}, output: output ?? {} });
          // An answer in RPC style is named after its operation (WSDL 1.1, 3.5).
          const answer = method.style === 'rpc' ? `${name}Response` : method.output?.$name;
          this.#answers.set(name, new RegExp(`<(?:[^\\s<>/:]+:)?${answer}[\\s/>]`));
        }
      }
    }
  }

  /** What an answer to the operation must contain: the opening tag of its element; undefined for an unknown operation. */
  answerOf(operation: string): RegExp | undefined {
    return this.#answers.get(operation);
  }

  /** Every operation by its name. */
  get operations(): ReadonlyMap<string, Operation> {
    return this.#operations;
  }

  has(operation: string): boolean {
    return this.#operations.has(operation);
  }

  /** What stands at a path of an operation's question or answer; undefined where the WSDL has nothing. */
  element(operation: string, side: keyof Operation, ...paths: readonly string[]): Element | undefined {
    let element: Element | undefined = this.#operations.get(operation)?.[side];
    for (const step of paths.flatMap((path) => path.split('.'))) {
      if (typeof element !== 'object') return undefined;
      element = element[step] ?? element[`${step}[]`];
    }
    return element;
  }

  /** Parameters in the order of the operation's sequence, which the library keeps only for named types. */
  inOrder(operation: string, parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
    const names = Object.keys(this.#operations.get(operation)?.input ?? {}).map((name) => name.replace('[]', ''));
    return Object.fromEntries(Object.entries(parameters).sort(([a], [b]) => names.indexOf(a) - names.indexOf(b)));
  }

  /** The columns among `names` that the row element at these paths of an answer has, with what they hold. */
  columns(operation: string, rows: readonly string[], names: readonly string[]): ReadonlyMap<string, ColumnType> {
    const found = new Map<string, ColumnType>();
    for (const name of names) {
      const element = this.element(operation, 'output', ...rows, name);
      const repeats = this.element(operation, 'output', ...rows, `${name}[]`) !== undefined;
      if (element !== undefined) found.set(name, repeats ? 'list' : columnTypeOf(element));
    }
    return found;
  }
}

/** What an element holds. */
export function columnTypeOf(element: Element): ColumnType {
  return (typeof element === 'string' ? columnTypes[baseOf(element)] : undefined) ?? 'unknown';
}

const columnTypes: Readonly<Record<string, ColumnType>> = {
  string: 'text',
  token: 'text',
  normalizedString: 'text',
  boolean: 'boolean',
  decimal: 'decimal',
  double: 'float',
  float: 'float',
  date: 'date',
  dateTime: 'datetime',
  time: 'text',
  byte: 'integer',
  short: 'integer',
  int: 'integer',
  long: 'integer',
  integer: 'integer',
  unsignedByte: 'integer',
  unsignedShort: 'integer',
  unsignedInt: 'integer',
  unsignedLong: 'integer',
  positiveInteger: 'integer',
  nonNegativeInteger: 'integer',
  negativeInteger: 'integer',
  nonPositiveInteger: 'integer',
};
