import { type DocumentNode, Kind, visit } from 'graphql';
import { ruleDirectives } from './rule.ts';

/** The versions that `lower/rules/schema-rules.ts` was made for: of another one, nobody knows what it wants. */
const enforced: ReadonlySet<string> = new Set(ruleDirectives.map((name) => `https://specs.apollo.dev/${name}/v0.1`));

/**
 * The document as `ApolloGateway` takes it. A feature that is marked `for: SECURITY` must be refused by who doesn't know it (the "link"
 * specification, section "Purpose"); Apollo's gateway doesn't know these, but Junction enforces them.
 */
export function withoutEnforcedPurposes(document: DocumentNode): DocumentNode {
  return visit(document, {
    // Links stand on the schema alone.
    ObjectTypeDefinition: () => false,
    Directive(node) {
      if (node.name.value !== 'link') return false;
      const isEnforced = node.arguments?.some(
        ({ name, value }) => name.value === 'url' && value.kind === Kind.STRING && enforced.has(value.value),
      );
      if (!isEnforced) return false;
      return { ...node, arguments: node.arguments?.filter(({ name }) => name.value !== 'for') ?? [] };
    },
  });
}
