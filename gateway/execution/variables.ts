import type { Program, VariableDefinition } from '../operations/program.ts';
import type { Refusal } from '../operations/refusal.ts';
import { type Faults, InputTypes } from './coercion.ts';
import { shortened } from './shown.ts';

/** The values of an operation's variables, by name. */
export type Variables = Readonly<Record<string, unknown>>;

/** Reads what a client gave: the values, or what is wrong with them. */
export type VariableReader = (given: Variables, literals: Variables) => ReadVariables;

export type ReadVariables = { readonly values: Variables } | { readonly errors: readonly Refusal[] };

/** More than these are not looked for: making their messages takes long. */
const mostErrors = 50;

const tooMany: Refusal = {
  message: 'Too many errors in the variables; the rest was not looked at.',
  extensions: { code: 'BAD_USER_INPUT' },
};

/** Makes the reader of an operation's variables: specification section 6.1.2, "Coercing Variable Values". */
export function compileVariables({ variables, inputTypes, selections }: Program): VariableReader {
  const types = new InputTypes(inputTypes);
  const deciding = new Set(
    selections.flatMap(({ fields }) => fields.flatMap(({ when = [] }) => when.flat().map(({ variable }) => variable))),
  );
  const read = variables
    .filter(({ literal }) => !literal)
    .map((definition) => compile(definition, types, deciding.has(definition.name)));
  if (read.length === 0) return (_given, literals) => ({ values: literals });
  return (given, literals) => {
    // Without a prototype: a variable may be called `constructor`, or `__proto__`.
    const values: Record<string, unknown> = Object.assign(Object.create(null), literals);
    const errors: Refusal[] = [];
    try {
      for (const one of read) one(given, values, errors);
    } catch (error) {
      if (error !== tooMany) throw error;
      errors.push(tooMany);
    }
    return errors.length > 0 ? { errors } : { values };
  };
}

type One = (given: Variables, values: Record<string, unknown>, errors: Refusal[]) => void;

/** `decides`: a `@skip` or `@include` depends on it. */
function compile(definition: VariableDefinition, types: InputTypes, decides: boolean): One {
  const { name, type, location, defaultValue } = definition;
  const coerce = types.of(type);
  const refusal = (message: string): Refusal => ({
    message,
    ...(location && { locations: [location] }),
    extensions: { code: 'BAD_USER_INPUT' },
  });
  return (given, values, errors) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined && defaultValue !== undefined) values[name] = defaultValue;
    else if (value === undefined) {
      if (type.endsWith('!')) errors.push(refusal(`Variable "$${name}" of required type "${type}" was not provided.`));
    } else if (value !== null) values[name] = coerce(value, new ValueFaults(name, refusal, errors));
    else if (type.endsWith('!'))
      errors.push(refusal(`Variable "$${name}" of non-null type "${type}" must not be null.`));
    else if (decides) errors.push(refusal(`Variable "$${name}" must not be null, as @skip or @include depends on it.`));
    else values[name] = null;
  };
}

class ValueFaults implements Faults {
  readonly path: (string | number)[] = [];
  readonly #name: string;
  readonly #refusal: (message: string) => Refusal;
  readonly #errors: Refusal[];

  constructor(name: string, refusal: (message: string) => Refusal, errors: Refusal[]) {
    this.#name = name;
    this.#refusal = refusal;
    this.#errors = errors;
  }

  add(message: string): undefined {
    if (this.#errors.length >= mostErrors) throw tooMany;
    const where = this.path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
    const at = where ? ` at "${this.#name}${shortened(where)}"` : '';
    this.#errors.push(this.#refusal(`Variable "$${this.#name}" got an invalid value${at}; ${shortened(message)}`));
  }
}
