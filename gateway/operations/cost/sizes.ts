import {
  type FieldNode,
  type GraphQLField,
  type GraphQLInputType,
  getNamedType,
  getNullableType,
  isInputObjectType,
  isListType,
  Kind,
  type ValueNode,
  valueFromASTUntyped,
} from 'graphql';
import { OperationRefusedError } from '../refusal.ts';
import type { ListSize } from './directives.ts';
import { sizeAt } from './estimate.ts';
import type { Operand, SizeSource } from './expression.ts';
import type { Terms } from './terms.ts';

/** What one slicing argument tells. */
interface Told {
  /** `maybe`: it is a part of a variable's value. */
  readonly given: 'yes' | 'maybe' | 'no';
  readonly size?: number | undefined;
  readonly source?: SizeSource;
}

export interface SizeOptions {
  readonly terms: Terms;
  /** Of the operation's variables, by name. */
  readonly defaults: ReadonlyMap<string, unknown>;
  /** How long a list is taken to be of which nothing is told. */
  readonly listSize: number;
}

/**
 * How long a list is by `@listSize`: the largest of what its slicing arguments tell, defaults among them; or else what
 * is assumed. Below zero is zero. `null` tells nothing, like an argument that isn't given: which size a subgraph then
 * takes is its own choice, and free it is not. Where exactly one slicing argument is required, an operation that surely
 * gives none or several is refused (IBM, section 8.4; Apollo, too): without one there's no bound. A default counts as
 * given. What depends on a variable's value is not refused but assumed: a program serves all values.
 */
export function sizeOf(
  node: FieldNode,
  definition: GraphQLField<unknown, unknown>,
  { assumedSize, slicingArguments, requireOneSlicingArgument }: ListSize,
  { terms, defaults, listSize }: SizeOptions,
): Operand {
  const otherwise = assumedSize ?? listSize;
  const tells = slicingArguments.map((path): Told => {
    const [name = '', ...rest] = path.split('.');
    const argument = definition.args.find((one) => one.name === name);
    const value = node.arguments?.find((one) => one.name.value === name)?.value;
    return argument ? told(value, argument.type, argument.defaultValue, rest, defaults) : { given: 'no' };
  });
  if (requireOneSlicingArgument && tells.length > 0) {
    const given = tells.filter((one) => one.given === 'yes').length;
    const none = tells.every((one) => one.given === 'no' && one.size === undefined);
    if (given > 1 || none) throw notOne(node, given);
  }
  const sources = tells.flatMap(({ source }) => source ?? []);
  const sizes = tells.flatMap(({ size }) => size ?? []);
  if (sources.length === 0) return sizes.length > 0 ? Math.max(...sizes) : otherwise;
  return terms.term({ kind: 'size', of: sources, ...(sizes.length > 0 && { told: Math.max(...sizes) }), otherwise });
}

function told(
  value: ValueNode | undefined,
  type: GraphQLInputType,
  defaultValue: unknown,
  path: readonly string[],
  defaults: ReadonlyMap<string, unknown>,
): Told {
  if (!value || value.kind === Kind.NULL) return { given: 'no', size: defaultAt(defaultValue, type, path) };
  if (value.kind === Kind.VARIABLE) {
    const variable = value.name.value;
    const size = defaultAt(defaults.has(variable) ? defaults.get(variable) : defaultValue, type, path);
    const source = {
      variable,
      ...(path.length > 0 && { path: stepsOf(type, path) }),
      ...(size !== undefined && { otherwise: size }),
    };
    return { given: path.length > 0 ? 'maybe' : 'yes', source };
  }
  const [name, ...rest] = path;
  // A single value where a list is expected is a list of one, whatever number it is.
  const isOne = isListType(getNullableType(type)) && value.kind !== Kind.LIST;
  if (name === undefined) return { given: 'yes', size: isOne ? 1 : sizeAt(valueFromASTUntyped(value)) };
  const input = getNamedType(type);
  const field = isInputObjectType(input) ? input.getFields()[name] : undefined;
  if (!field || value.kind !== Kind.OBJECT) return { given: 'no' };
  const given = value.fields.find((one) => one.name.value === name)?.value;
  return told(given, field.type, field.defaultValue, rest, defaults);
}

function stepsOf(type: GraphQLInputType, [name, ...rest]: readonly string[]): NonNullable<SizeSource['path']> {
  if (name === undefined) return [];
  const input = getNamedType(type);
  const field = isInputObjectType(input) ? input.getFields()[name] : undefined;
  if (!field) return [{ field: name }];
  const { defaultValue: otherwise } = field;
  return [{ field: name, ...(otherwise !== undefined && { otherwise }) }, ...stepsOf(field.type, rest)];
}

/** The size at the end of a path through a value with its input objects' defaults. */
function defaultAt(value: unknown, type: GraphQLInputType, [name, ...rest]: readonly string[]): number | undefined {
  if (name === undefined) return sizeAt(value);
  const input = getNamedType(type);
  const field = isInputObjectType(input) ? input.getFields()[name] : undefined;
  if (!field || typeof value !== 'object' || value === null) return undefined;
  const inner = Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : field.defaultValue;
  return defaultAt(inner, field.type, rest);
}

function notOne({ name, loc }: FieldNode, given: number): OperationRefusedError {
  const message = `Field "${name.value}" takes exactly one of its arguments that tell how many items it gives, but the operation gives it ${given === 0 ? 'none' : given}.`;
  const { line, column } = loc?.startToken ?? {};
  const locations = line !== undefined && column !== undefined ? [{ line, column }] : undefined;
  return new OperationRefusedError([
    { message, ...(locations && { locations }), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } },
  ]);
}
