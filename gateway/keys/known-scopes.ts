import { type ConstDirectiveNode, parse, valueFromASTUntyped, visit } from 'graphql';
import { operatorScope } from '../access/operator.ts';
import type { Config } from '../config.ts';
import type { Predicate } from '../config-file.ts';
import { readSupergraphFile } from '../supergraph/file.ts';
import { readRegular } from '../supergraph/regular.ts';

/**
 * The scopes that somebody asks for: rules in the schemas of subgraphs, conditions of policies, and Junction itself. Undefined where not
 * all schemas can be read from files here: then any scope may be one. Never rejects.
 */
export async function knownScopes({ supergraphFile, file }: Config): Promise<ReadonlySet<string> | undefined> {
  const policies = Object.values(file.authorization.policies);
  try {
    const { subgraphs } = await readSupergraphFile(supergraphFile);
    const schemas = subgraphs.map(({ schema }) => (schema.kind === 'file' ? readRegular(schema.resolved) : undefined));
    if (schemas.includes(undefined)) return undefined;
    const ofRules = (await Promise.all(schemas)).flatMap((sdl = '') => scopesIn(sdl));
    return new Set([...ofRules, ...policies.flatMap(scopesOf), operatorScope]);
  } catch {
    // Whoever needs these files says what is wrong with them.
    return undefined;
  }
}

/** By the argument: a schema may import `@requiresScopes` by another name, or not at all. */
function scopesIn(sdl: string): string[] {
  const found: string[] = [];
  visit(parse(sdl), {
    Directive(node) {
      const scopes = (node as ConstDirectiveNode).arguments?.find(({ name }) => name.value === 'scopes');
      if (scopes) found.push(...[valueFromASTUntyped(scopes.value)].flat(2).map(String));
    },
  });
  return found;
}

function scopesOf(predicate: Predicate): string[] {
  if ('scope' in predicate) return [predicate.scope];
  if ('not' in predicate) return scopesOf(predicate.not);
  if ('all' in predicate) return predicate.all.flatMap(scopesOf);
  return 'any' in predicate ? predicate.any.flatMap(scopesOf) : [];
}
