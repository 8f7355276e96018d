import {
  executeSync,
  type FieldNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  visit,
} from 'graphql';
import type { ValueShape } from '../program.ts';
import { keyOf, type When } from './conditions.ts';
import { TooComplexError } from './errors.ts';

/** A longer answer is asked for each time: it would make the program slow to take over and push others out of the cache. */
const maxTextLength = 250_000;

/** A few times what the largest schemas take in full; a text of a thousand characters can ask for more than memory holds. */
const maxAnswerLength = 8_000_000;

type IntrospectionShape = Extract<ValueShape, { kind: 'introspection' }>;

/** A field node, and when it is asked for. */
export interface Occurrence {
  readonly node: FieldNode;
  readonly when: When;
}

/** `__schema` or `__type`, asked for once or several times under one key: its answer, unless variables decide about it or it is long. */
export function lowerIntrospection(
  schema: GraphQLSchema,
  occurrences: readonly Occurrence[],
  { variableDefinitions = [] }: OperationDefinitionNode,
): IntrospectionShape {
  const isAlike = occurrences.every(({ when }) => keyOf(when) === keyOf(occurrences[0]?.when));
  const fields = occurrences.map(({ node, when }) => {
    const value = print({ ...node, alias: { kind: Kind.NAME, value: 'value' }, directives: [] });
    return isAlike ? value : guarded(value, when);
  });
  const selection = `{${fields.join(' ')}}`;
  const used = new Set<string>();
  visit(parse(selection, { noLocation: true }), { Variable: ({ name }) => void used.add(name.value) });
  if (used.size === 0) {
    const text = introspect(schema, selection, {});
    if (text.length <= maxTextLength) return { kind: 'introspection', text };
  }
  const definitions = variableDefinitions.filter(({ variable }) => used.has(variable.name.value)).map(print);
  const head = definitions.length > 0 ? `query(${definitions.join(' ')})` : '';
  return { kind: 'introspection', query: head + selection, variables: [...used] };
}

/**
 * The value of the operation's one field, called `value`, as JSON. Errors: GraphQLError for a variable's value that an argument can't
 * have; TooComplexError.
 */
export function introspect(schema: GraphQLSchema, query: string, variables: Readonly<Record<string, unknown>>): string {
  const { data, errors } = executeSync({ schema, document: parse(query), variableValues: { ...variables } });
  if (errors?.[0]) throw errors[0];
  const value = data?.value ?? null;
  // Looked at before: where memory ends inside of JSON.stringify, V8 ends the process, and not just the process.
  if (lengthOf(value) > maxAnswerLength) {
    throw new TooComplexError(`introspection answers it with over ${maxAnswerLength} characters`);
  }
  return JSON.stringify(value);
}

/** Asked for when the condition holds: once for each of its groups. */
function guarded(text: string, when: When): string {
  if (!when) return text;
  return when
    .map((group) =>
      group.reduce((inner, { variable, is }) => `... @${is ? 'include' : 'skip'}(if: $${variable}) {${inner}}`, text),
    )
    .join(' ');
}

/** About how many characters a value has as JSON; no more than it takes to be too many. */
function lengthOf(value: unknown): number {
  if (typeof value === 'string') return value.length + 2;
  if (typeof value !== 'object' || value === null) return 5;
  let length = 2;
  for (const key in value) {
    length += (Array.isArray(value) ? 1 : key.length + 4) + lengthOf(value[key as keyof typeof value]);
    if (length > maxAnswerLength) break;
  }
  return length;
}
