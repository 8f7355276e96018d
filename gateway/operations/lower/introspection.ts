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

type IntrospectionShape = Extract<ValueShape, { kind: 'introspection' }>;

/** A field node, and when it is asked for. */
export interface Occurrence {
  readonly node: FieldNode;
  readonly when: When;
}

/** `__schema` or `__type`, asked for once or several times under one key: its answer, unless variables decide about it. */
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
  if (used.size === 0) return { kind: 'introspection', text: introspect(schema, selection, {}) };
  const definitions = variableDefinitions.filter(({ variable }) => used.has(variable.name.value)).map(print);
  return { kind: 'introspection', query: `query(${definitions.join(' ')})${selection}`, variables: [...used] };
}

/** The value of the operation's one field, called `value`, as JSON. */
export function introspect(schema: GraphQLSchema, query: string, variables: Readonly<Record<string, unknown>>): string {
  const { data, errors } = executeSync({ schema, document: parse(query), variableValues: { ...variables } });
  if (errors?.[0]) throw errors[0];
  return JSON.stringify(data?.value ?? null);
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
