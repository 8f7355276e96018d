import {
  coerceInputValue,
  GraphQLBoolean,
  GraphQLEnumType,
  GraphQLFloat,
  GraphQLID,
  GraphQLInputObjectType,
  type GraphQLInputType,
  GraphQLInt,
  GraphQLList,
  GraphQLNonNull,
  GraphQLScalarType,
  GraphQLString,
} from 'graphql';
import { inspect } from 'graphql/jsutils/inspect.js';
import type { InputType, Program, VariableDefinition } from '../operations/program.ts';
import type { Refusal } from '../operations/refusal.ts';

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

/** How long a value may be in a message. */
const longest = 200;

/** Makes the reader of an operation's variables: specification section 6.1.2, "Coercing Variable Values". */
export function compileVariables({ variables, inputTypes }: Program): VariableReader {
  const types = new InputTypes(inputTypes);
  const read = variables.filter(({ literal }) => !literal).map((definition) => compile(definition, types));
  if (read.length === 0) return (_given, literals) => ({ values: literals });
  return (given, literals) => {
    const values: Record<string, unknown> = { ...literals };
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

function compile(definition: VariableDefinition, types: InputTypes): One {
  const { name, type: written, location } = definition;
  const type = types.of(written);
  const required = written.endsWith('!');
  const preset = 'defaultValue' in definition ? coerceInputValue(definition.defaultValue, type) : undefined;
  const refusal = (message: string): Refusal => ({
    message,
    ...(location && { locations: [location] }),
    extensions: { code: 'BAD_USER_INPUT' },
  });
  return (given, values, errors) => {
    const value = Object.hasOwn(given, name) ? given[name] : undefined;
    if (value === undefined && 'defaultValue' in definition) {
      values[name] = preset;
    } else if (value === undefined) {
      if (required) errors.push(refusal(`Variable "$${name}" of required type "${written}" was not provided.`));
    } else if (value === null) {
      if (required) errors.push(refusal(`Variable "$${name}" of non-null type "${written}" must not be null.`));
      else values[name] = null;
    } else {
      values[name] = coerceInputValue(value, type, (path, invalid, { message }) => {
        const where = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
        const at = path.length > 0 ? ` at "${name}${where}"` : '';
        const shown = shortened(inspect(invalid));
        if (errors.length >= mostErrors) throw tooMany;
        errors.push(refusal(`Variable "$${name}" got invalid value ${shown}${at}; ${shortened(message)}`));
      });
    }
  };
}

function shortened(text: string): string {
  return text.length > longest ? `${text.slice(0, longest)}…` : text;
}

const builtIn: ReadonlyMap<string, GraphQLInputType> = new Map(
  [GraphQLInt, GraphQLFloat, GraphQLString, GraphQLBoolean, GraphQLID].map((type) => [type.name, type]),
);

/** The input types that a program describes, as graphql's own, which know how to coerce. */
class InputTypes {
  readonly #descriptions: ReadonlyMap<string, InputType>;
  readonly #made = new Map(builtIn);

  constructor(descriptions: Readonly<Record<string, InputType>>) {
    this.#descriptions = new Map(Object.entries(descriptions));
  }

  /** @param written a type as GraphQL writes it, such as `[Int!]!` */
  of(written: string): GraphQLInputType {
    if (written.endsWith('!')) return new GraphQLNonNull(this.of(written.slice(0, -1)));
    if (written.startsWith('[')) return new GraphQLList(this.of(written.slice(1, -1)));
    const type = this.#made.get(written) ?? this.#make(written, this.#descriptions.get(written));
    this.#made.set(written, type);
    return type;
  }

  #make(name: string, description: InputType | undefined): GraphQLInputType {
    if (!description) return new GraphQLScalarType({ name });
    if (description.kind === 'enum') {
      return new GraphQLEnumType({ name, values: Object.fromEntries(description.values.map((value) => [value, {}])) });
    }
    const { fields, oneOf } = description;
    return new GraphQLInputObjectType({
      name,
      ...(oneOf && { isOneOf: true }),
      // A function, since input types may hold themselves.
      fields: () => Object.fromEntries(fields.map((field) => [field.name, this.#field(field)])),
    });
  }

  #field({ type, ...field }: (InputType & { kind: 'object' })['fields'][number]) {
    const made = this.of(type);
    if (!('defaultValue' in field)) return { type: made };
    return { type: made, defaultValue: coerceInputValue(field.defaultValue, made) };
  }
}
