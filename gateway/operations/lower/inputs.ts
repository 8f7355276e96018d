import {
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isEnumType,
  isInputObjectType,
  isInputType,
  print,
  typeFromAST,
  type VariableDefinitionNode,
  valueFromAST,
} from 'graphql';
import type { InputType, VariableDefinition } from '../program.ts';

/** The operation's variables, and the types that clients' values of them may have. */
export interface Inputs {
  readonly variables: readonly VariableDefinition[];
  readonly inputTypes: Readonly<Record<string, InputType>>;
}

/** `literals`: the names of variables that stand for literals. */
export function lowerInputs(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  literals: ReadonlySet<string>,
): Inputs {
  const inputTypes: Record<string, InputType> = {};

  function reach(type: GraphQLInputType): void {
    const named = getNamedType(type);
    if (Object.hasOwn(inputTypes, named.name)) return;
    if (isEnumType(named)) {
      inputTypes[named.name] = { kind: 'enum', values: named.getValues().map(({ name }) => name) };
    } else if (isInputObjectType(named)) {
      const fields = Object.values(named.getFields()).map(({ name, type, defaultValue }) => ({
        name,
        type: String(type),
        ...(defaultValue !== undefined && { defaultValue }),
      }));
      inputTypes[named.name] = { kind: 'object', ...(named.isOneOf && { oneOf: true }), fields };
      for (const field of Object.values(named.getFields())) reach(field.type);
    }
  }

  const variables = definitions.map(({ variable, type: typeNode, defaultValue, loc }): VariableDefinition => {
    const name = variable.name.value;
    if (literals.has(name)) return { name, type: print(typeNode), literal: true };
    const type = typeFromAST(schema, typeNode);
    if (!isInputType(type)) throw new Error(`$${name} of a valid operation has no input type.`);
    reach(type);
    const start = loc && { line: loc.startToken.line, column: loc.startToken.column };
    return {
      name,
      type: String(type),
      ...(defaultValue && { defaultValue: valueFromAST(defaultValue, type) }),
      ...(start && { location: start }),
    };
  });
  return { variables, inputTypes };
}
