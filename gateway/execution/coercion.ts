import type { InputType } from '../operations/program.ts';
import { kindOf } from './shown.ts';
import { isTree } from './tree.ts';

/** Makes the value that a subgraph gets from the one that a client gave. What is wrong goes to the faults. */
export type Coerce = (value: unknown, faults: Faults) => unknown;

/** What is wrong with a value, and where inside it. */
export interface Faults {
  readonly path: (string | number)[];
  /** Tells that the value at `path` is wrong; messages quote nothing of it. May throw, so that the rest isn't looked at. */
  add(message: string): undefined;
}

/** More levels than anyone writes, and fewer than the stack has room for. */
const maxDepth = 500;

/**
 * How values of input types are coerced: specification sections 3.5, 3.9, 3.10 and 3.11, "Input Coercion". Done here and not by graphql-js,
 * which takes longer to import than all the rest, and would need a schema's types for each operation.
 */
export class InputTypes {
  readonly #descriptions: ReadonlyMap<string, InputType>;
  readonly #made = new Map<string, Coerce>();

  constructor(descriptions: Readonly<Record<string, InputType>>) {
    this.#descriptions = new Map(Object.entries(descriptions));
  }

  /** @param written a type as GraphQL writes it, such as `[Int!]!` */
  of(written: string): Coerce {
    if (!written.endsWith('!')) {
      const coerce = this.#nonNull(written);
      return (value, faults) => (value == null ? null : coerce(value, faults));
    }
    const type = written.slice(0, -1);
    const coerce = this.#nonNull(type);
    return (value, faults) =>
      value == null ? faults.add(`Expected non-nullable type "${written}" not to be null.`) : coerce(value, faults);
  }

  #nonNull(written: string): Coerce {
    if (written.startsWith('[')) return list(this.of(written.slice(1, -1)));
    const known = builtIn.get(written) ?? this.#made.get(written);
    if (known) return known;
    const description = this.#descriptions.get(written);
    if (!description) return customScalar;
    const coerce =
      description.kind === 'enum' ? enumeration(written, description.values) : this.#object(written, description);
    this.#made.set(written, coerce);
    return coerce;
  }

  #object(name: string, { fields: described, oneOf }: InputType & { readonly kind: 'object' }): Coerce {
    const fields: InputField[] = [];
    const names = new Set(described.map((field) => field.name));
    const coerce: Coerce = (value, faults) => {
      if (!isTree(value)) return unexpected(faults, `an object of type "${name}"`, value);
      const { path } = faults;
      if (path.length > maxDepth) return faults.add('Expected fewer levels.');
      const coerced: Record<string, unknown> = {};
      for (const { name, type, coerce, preset } of fields) {
        const item = Object.hasOwn(value, name) ? value[name] : undefined;
        if (item !== undefined) {
          path.push(name);
          coerced[name] = coerce(item, faults);
          path.pop();
        } else if (preset !== undefined) coerced[name] = preset;
        else if (type.endsWith('!')) faults.add(`Field "${name}" of required type "${type}" was not provided.`);
      }
      for (const key in value) {
        if (!names.has(key)) faults.add(`Field "${key}" is not defined by type "${name}".`);
      }
      if (oneOf) checkOneOf(name, coerced, faults);
      return coerced;
    };
    // Before its fields, since a type may hold itself.
    this.#made.set(name, coerce);
    for (const { name, type, defaultValue } of described)
      fields.push({ name, type, preset: defaultValue, coerce: this.of(type) });
    return coerce;
  }
}

interface InputField {
  readonly name: string;
  readonly type: string;
  readonly coerce: Coerce;
  /** The default value. */
  readonly preset: unknown;
}

function checkOneOf(name: string, coerced: Readonly<Record<string, unknown>>, faults: Faults): void {
  const keys = Object.keys(coerced);
  const [key] = keys;
  if (keys.length !== 1) faults.add(`Exactly one key must be specified for OneOf type "${name}".`);
  if (key !== undefined && coerced[key] === null) {
    faults.path.push(key);
    faults.add(`Field "${key}" must be non-null.`);
    faults.path.pop();
  }
}

/** Any JSON, as long as it can be written again. */
const customScalar: Coerce = (value, faults) =>
  isDeeper(value, maxDepth) ? faults.add('Expected fewer levels.') : value;

function isDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels === 0 || Object.values(value).some((item) => isDeeper(item, levels - 1));
}

function list(coerce: Coerce): Coerce {
  return (value, faults) => {
    if (!Array.isArray(value)) return [coerce(value, faults)];
    const { path } = faults;
    const at = path.length;
    const items = value.map((item, i) => {
      path[at] = i;
      return coerce(item, faults);
    });
    path.length = at;
    return items;
  };
}

function enumeration(name: string, values: readonly string[]): Coerce {
  const known = new Set<unknown>(values);
  return (value, faults) => {
    if (known.has(value)) return value;
    return typeof value === 'string'
      ? faults.add(`Expected a value of enum "${name}", got another string.`)
      : unexpected(faults, `a value of enum "${name}"`, value);
  };
}

function unexpected(faults: Faults, expected: string, value: unknown): undefined {
  return faults.add(`Expected ${expected}, got ${kindOf(value)}.`);
}

const isInteger = (value: unknown): value is number => Number.isInteger(value);

const builtIn: ReadonlyMap<string, Coerce> = new Map<string, Coerce>([
  ['String', (value, faults) => (typeof value === 'string' ? value : unexpected(faults, 'String', value))],
  ['Boolean', (value, faults) => (typeof value === 'boolean' ? value : unexpected(faults, 'Boolean', value))],
  ['Float', (value, faults) => (Number.isFinite(value) ? value : unexpected(faults, 'Float', value))],
  [
    'ID',
    (value, faults) => {
      if (typeof value === 'string') return value;
      return isInteger(value) ? `${value}` : unexpected(faults, 'ID', value);
    },
  ],
  [
    'Int',
    (value, faults) => {
      if (!isInteger(value)) return unexpected(faults, 'Int', value);
      // Wider numbers are for Float: section 3.5.1.
      return Math.abs(value + 0.5) < 2 ** 31
        ? value
        : faults.add('Expected Int, a whole number of 32 bits with its sign, got a larger one.');
    },
  ],
]);
