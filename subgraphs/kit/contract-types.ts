import { buildSubgraphSchema } from '@apollo/subgraph';
import { type GraphQLField, getNamedType, isEnumType, isObjectType, parse } from 'graphql';
import { entityKeys, isPlainList, nodeType, recordTypes } from './contract.ts';

/**
 * The text of `contract.ts`: what a contract's types and fields may be mapped to, so that the editor and the compiler find a name
 * that the contract hasn't, a relation to the wrong type, and an enum's value that there is not.
 */
export function contractTypes(typeDefs: string): string {
  const schema = buildSubgraphSchema(parse(typeDefs));
  const types = recordTypes(schema).map((type) => {
    const fields = Object.values(type.getFields()).map((field) => `    ${field.name}: ${shapeOf(field)};\n`);
    return `  ${type.name}: {\n${fields.join('')}  };\n`;
  });
  const shapes = ['Enum', 'Many', 'One', 'Value'].filter((shape) => types.some((text) => text.includes(`: ${shape}`)));
  return `// Made from schema.graphql by \`npm run types\`.
import type { ${shapes.join(', ')} } from '../kit/forms.ts';

/** What each field of the contract may be mapped to. */
export interface Contract {
${types.join('')}}
`;
}

function shapeOf(field: GraphQLField<unknown, unknown>): string {
  const named = getNamedType(field.type);
  const node = nodeType(named);
  if (node) return `Many<'${node.name}'>`;
  if (isEnumType(named)) {
    const values = named.getValues().map(({ name }) => `'${name}'`);
    return isPlainList(field) ? 'Value' : `Enum<${values.join(' | ')}>`;
  }
  if (!isObjectType(named)) return 'Value';
  const relation = isPlainList(field) ? `Many<'${named.name}'>` : `One<'${named.name}'>`;
  // Whether an object without a key is a record of its own or lies in its parent's is the mapping's choice.
  return entityKeys(named).length > 0 ? relation : `${relation} | Value`;
}
