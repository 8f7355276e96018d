import { type ConstDirectiveNode, type DocumentNode, Kind, valueFromASTUntyped } from 'graphql';
import { ruleDirectives } from '../operations/rule.ts';

const rules: ReadonlySet<string> = new Set(ruleDirectives);

/**
 * Where a subgraph's schema defines a rule's directive for itself instead of taking it from Federation: composition would take it for one of
 * the subgraph's own and drop it in silence, and nobody would keep the rule.
 */
export function unenforcedRules({ definitions }: DocumentNode): { readonly line: number; readonly message: string }[] {
  const imported = new Set(
    definitions.flatMap((definition) => ('directives' in definition ? importsOf(definition.directives) : [])),
  );
  return definitions.flatMap((definition) => {
    if (definition.kind !== Kind.DIRECTIVE_DEFINITION) return [];
    const name = definition.name.value;
    if (!rules.has(name) || imported.has(`@${name}`)) return [];
    const message = `nobody would keep the rules of @${name}, as it is this schema's own. Expected it among the imports of a @link to https://specs.apollo.dev/federation/v2.9.`;
    return [{ line: definition.loc?.startToken.line ?? 1, message }];
  });
}

/** The names by which a schema knows what its `@link`s import, and the features that go by their own name. */
function importsOf(directives: readonly { readonly name: { readonly value: string } }[] = []): string[] {
  return directives.flatMap((directive) => {
    if (directive.name.value !== 'link') return [];
    const given = (directive as ConstDirectiveNode).arguments ?? [];
    const values = new Map(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value) as unknown]));
    const feature = /^https:\/\/specs\.apollo\.dev\/(\w+)\/v\d/.exec(String(values.get('url')))?.[1];
    const imports = values.get('import');
    const names = (Array.isArray(imports) ? imports : []).map((each: unknown) =>
      typeof each === 'object' && each !== null && 'name' in each
        ? String('as' in each ? (each.as ?? each.name) : each.name)
        : String(each),
    );
    return feature === undefined ? names : [...names, `@${feature}`];
  });
}
