import {
  type DocumentNode,
  type GraphQLNamedType,
  type GraphQLSchema,
  getNamedType,
  isAbstractType,
  TypeInfo,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import type { Rule } from '../../rule.ts';
import type { SupergraphTypes } from '../types.ts';
import type { SchemaRules } from './schema-rules.ts';

/**
 * The ids, in order, of those denied rules that may decide about any part of a document, whichever objects come: rather too many than too
 * few, as operations are prepared once for callers for whom these are the same.
 */
export function touchedRules(
  document: DocumentNode,
  denied: ReadonlySet<string>,
  {
    schema,
    types,
    rules,
  }: { readonly schema: GraphQLSchema; readonly types: SupergraphTypes; readonly rules: SchemaRules },
): string[] {
  if (denied.size === 0) return [];
  const touched = new Set<string>();
  const seen = new Set<string>();
  const typeInfo = new TypeInfo(schema);
  const add = (some: readonly Rule[]) => {
    for (const { id } of some) if (denied.has(id)) touched.add(id);
  };
  const possible = ({ name }: GraphQLNamedType) => [name, ...types.objects(name), ...types.runtime(name)];
  visit(
    document,
    visitWithTypeInfo(typeInfo, {
      Field({ name }) {
        const parent = typeInfo.getParentType();
        if (!parent || seen.has(`${parent.name}.${name.value}`)) return;
        seen.add(`${parent.name}.${name.value}`);
        for (const type of possible(parent)) add([...rules.ofType(type), ...rules.ofField(type, name.value)]);
        // An object may be of a type of which nothing is asked.
        const output = getNamedType(typeInfo.getType());
        if (isAbstractType(output)) for (const type of possible(output)) add(rules.ofType(type));
      },
    }),
  );
  return [...touched].sort();
}
