import {
  type ASTNode,
  coerceInputValue,
  type DocumentNode,
  GraphQLError,
  type GraphQLInputType,
  type GraphQLSchema,
  getNamedType,
  isInputObjectType,
  isInputType,
  isLeafType,
  isListType,
  isNonNullType,
  TypeInfo,
  typeFromAST,
  type VariableDefinitionNode,
  visit,
  visitWithTypeInfo,
} from 'graphql';
import { FormError } from './scalars.ts';

// graphql-js quotes the values that it refuses. They may be secrets in the wrong place, so that ours say where and what was expected.

/** Errors of `getVariableValues` without the values: where each is wrong, and what was expected. */
export function variableErrors(
  schema: GraphQLSchema,
  definitions: readonly VariableDefinitionNode[],
  given: Readonly<Record<string, unknown>>,
  errors: readonly GraphQLError[],
): readonly GraphQLError[] {
  // What speaks of no value: a variable that is missing, or that there were too many errors.
  const others = errors.filter(({ originalError }) => !originalError);
  const most = errors.length - others.length;
  const found: GraphQLError[] = [];
  for (const { variable, type: typeNode } of definitions) {
    const name = variable.name.value;
    const type = typeFromAST(schema, typeNode);
    if (found.length >= most || !isInputType(type) || !Object.hasOwn(given, name)) continue;
    coerceInputValue(given[name], type, (path, value, error) => {
      if (found.length >= most) return;
      const where = path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${step}`)).join('');
      const at = where ? ` at "${name}${where}"` : '';
      const leaf = leafAt(type, path);
      const isQuoted = leaf && value !== null && value !== undefined && !(error instanceof FormError);
      const reason = isQuoted ? `Expected ${leaf}.` : error.message;
      found.push(new GraphQLError(`Variable "$${name}" got an invalid value${at}; ${reason}`));
    });
  }
  return [...found, ...others];
}

/** Errors of parsing or validating a text without the literals that it has. */
export function documentErrors(
  schema: GraphQLSchema,
  document: DocumentNode,
  errors: readonly GraphQLError[],
): readonly GraphQLError[] {
  const refused = new Set<ASTNode | undefined>(errors.map(({ nodes }) => nodes?.[0]));
  const expected = new Map<ASTNode | undefined, GraphQLInputType>();
  const types = new TypeInfo(schema);
  const note = (node: ASTNode) => {
    const type = refused.has(node) ? types.getInputType() : undefined;
    if (type) expected.set(node, type);
  };
  visit(document, visitWithTypeInfo(types, { enter: (node) => note(node) }));
  return errors.map((error) => {
    const node = error.nodes?.[0];
    const type = isLiteral(node) && !(error instanceof FormError) ? expected.get(node) : undefined;
    return type ? new GraphQLError(`A value in the text is not of its type. Expected ${type}.`) : error;
  });
}

/** The error of `parse` without the token that it stumbled over. */
export function syntaxError({ locations = [] }: GraphQLError): GraphQLError {
  const at = locations[0] ? ` at line ${locations[0].line}, column ${locations[0].column}` : '';
  return new GraphQLError(`Syntax Error: the text can't be read${at}.`);
}

/** The scalar or enum at a place of a type; undefined for an object. */
function leafAt(type: GraphQLInputType, path: readonly (string | number)[]): GraphQLInputType | undefined {
  let at: GraphQLInputType = type;
  for (const step of path) {
    if (typeof step === 'number') {
      while (isNonNullType(at)) at = at.ofType;
      if (isListType(at)) at = at.ofType;
    } else {
      const object = getNamedType(at);
      const field = isInputObjectType(object) ? object.getFields()[step] : undefined;
      if (!field) return undefined;
      at = field.type;
    }
  }
  const named = getNamedType(at);
  return isLeafType(named) ? named : undefined;
}

function isLiteral(node: ASTNode | undefined): boolean {
  return node !== undefined && /Value$/.test(node.kind);
}
