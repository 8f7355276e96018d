import fc, { type Arbitrary } from 'fast-check';
import {
  type GraphQLArgument,
  type GraphQLInputType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
} from 'graphql';
import type { ValueDraft } from './draft.ts';

/** What an argument may be given; null: nothing. */
export function argument(arg: GraphQLArgument): Arbitrary<ValueDraft | null> {
  const value = valueOrVariable(arg, 2);
  return isRequiredArgument(arg) ? value : fc.option(value, { freq: 2 });
}

/** A value, or a variable that stands for it. */
function valueOrVariable({ type, defaultValue }: GraphQLArgument, depth: number): Arbitrary<ValueDraft> {
  const plain = value(type, depth);
  const ways = [plain, plain, variable(type, value(type, 1)), value(type, depth, true)];
  // A variable that may be null fits a place that has a default. Null itself would be an error there.
  if (defaultValue !== undefined && isNonNullType(type))
    ways.push(variable(type.ofType, value(type, 1), ['client', 'nobody']));
  // One that may not be null fits a place that may.
  if (!isNonNullType(type)) ways.push(variable(`${type}!`, notNull(type, 1, false), ['client', 'default']));
  return fc.oneof(...ways);
}

type By = 'client' | 'default' | 'nobody';

function variable(
  type: GraphQLInputType | string,
  values: Arbitrary<ValueDraft>,
  by?: readonly By[],
): Arbitrary<ValueDraft> {
  const ways: readonly By[] = by ?? (isNonNullType(type) ? ['client', 'default'] : ['client', 'default', 'nobody']);
  return fc
    .record({ value: values, by: fc.constantFrom(...ways) })
    .map((draft) => ({ kind: 'variable', type: String(type), ...draft }));
}

function value(type: GraphQLInputType, depth: number, variables = false): Arbitrary<ValueDraft> {
  const bare = notNull(nonNullOf(type), depth, variables);
  if (isNonNullType(type)) return bare;
  return fc.oneof(
    { weight: 6, arbitrary: bare },
    { weight: 1, arbitrary: fc.constant<ValueDraft>({ kind: 'leaf', json: null }) },
  );
}

function notNull(type: GraphQLInputType, depth: number, variables: boolean): Arbitrary<ValueDraft> {
  if (isListType(type)) {
    if (depth <= 0) return fc.constant({ kind: 'list', items: [] });
    const item = inside(type.ofType, depth, variables);
    const items = fc.array(item, { maxLength: 3 }).map((list): ValueDraft => ({ kind: 'list', items: list }));
    // A single value stands for a list of one.
    return isListType(getNullableType(type.ofType))
      ? items
      : fc.oneof(items, items, notNull(nonNullOf(type.ofType), depth - 1, false));
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).map((field) => {
      if (depth <= 0 && !isRequiredInputField(field)) return [field.name, fc.constant(null)] as const;
      const given = inside(field.type, depth, variables && depth > 0);
      return [field.name, isRequiredInputField(field) ? given : fc.option(given, { freq: 1 })] as const;
    });
    return fc.record(Object.fromEntries(fields)).map((record) => ({ kind: 'object', fields: record }));
  }
  if (isEnumType(type))
    return fc.constantFrom(
      ...type.getValues().map(({ name }): ValueDraft => ({ kind: 'leaf', json: name, literal: name })),
    );
  return (scalars[String(type)] ?? customScalar).map((json) => ({ kind: 'leaf', json }));
}

function inside(type: GraphQLInputType, depth: number, variables: boolean): Arbitrary<ValueDraft> {
  const plain = value(type, depth - 1, variables && depth > 1);
  return variables ? fc.oneof(plain, variable(type, value(type, 0))) : plain;
}

function nonNullOf(type: GraphQLInputType): GraphQLInputType {
  return getNullableType(type) as GraphQLInputType;
}

const text = fc.oneof(
  fc.constantFrom('', 'a', 'ü "q"', 'line\nline', '\\', '$v', '\u2028', '😀', '{ id }'),
  fc.string({ maxLength: 4 }),
);
const int = fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom(-1, 2147483647, -2147483648));
const scalars: Readonly<Record<string, Arbitrary<unknown>>> = {
  Int: int,
  Float: fc.oneof(int, fc.constantFrom(0.5, -1.25, 1e21, 1.5e-7, 123456789.123)),
  String: text,
  Boolean: fc.boolean(),
  ID: fc.oneof(text, fc.integer({ min: 0, max: 9 })),
};
const customScalar: Arbitrary<unknown> = fc.oneof(
  text,
  fc.constantFrom<unknown>(1, 2.5, true, [], {}, { a: 1, b: ['x', null, { c: false }] }, ['y', [1]]),
);
