import {
  type DocumentNode,
  type FieldNode,
  type FragmentDefinitionNode,
  type GraphQLSchema,
  type InlineFragmentNode,
  isAbstractType,
  isInterfaceType,
  isObjectType,
  Kind,
  visit,
} from 'graphql';
import type { Answer } from './executor.ts';

/** What the stock gateway is known to get wrong. `flaws.test.ts` shows each. */
export interface Flaw {
  readonly name: string;
  /** Whether an operation can meet it. */
  readonly applies: (operation: DocumentNode, schema: GraphQLSchema, stock: Answer) => boolean;
}

export const flaws: readonly Flaw[] = [
  {
    name: 'a response key that is the name of another field, which a key or @requires may need',
    applies: (operation, schema) => {
      const names = new Set(
        Object.values(schema.getTypeMap()).flatMap((type) =>
          isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [],
        ),
      );
      return fieldsOf(operation).some(
        ({ alias, name }) => alias && alias.value !== name.value && names.has(alias.value),
      );
    },
  },
  {
    name: 'arguments for a field that @requires asks with other arguments',
    applies: (operation) => fieldsOf(operation).some(({ name, arguments: given }) => required.has(name.value) && given),
  },
  {
    name: 'a type condition on another type than its own where a subgraph has an interface object',
    applies: (_operation, _schema, { errors }) =>
      errors?.some(({ message }) => message.includes('an edge from')) ?? false,
  },
  {
    name: 'mutations inside fragments, which lose their turn',
    applies: ({ definitions }) =>
      definitions.some(
        (definition) =>
          definition.kind === Kind.OPERATION_DEFINITION &&
          definition.operation === 'mutation' &&
          definition.selectionSet.selections.some(({ kind }) => kind !== Kind.FIELD),
      ),
  },
  {
    name: 'a condition on a field that requires others',
    applies: (operation) =>
      conditions(operation) > 0 && fieldsOf(operation).some(({ name }) => requiring.has(name.value)),
  },
  {
    name: 'conditions that contradict each other',
    applies: (operation) => conditions(operation) > 1,
  },
  {
    name: 'a type condition inside one on an interface or union, on an object whose type is not asked for',
    applies: (operation, schema) => {
      let found = false;
      const look = ({ typeCondition, selectionSet }: FragmentDefinitionNode | InlineFragmentNode) => {
        if (!isAbstractType(typeCondition && schema.getType(typeCondition.name.value))) return;
        found ||= selectionSet.selections.some(({ kind }) => kind !== Kind.FIELD);
      };
      visit(operation, { FragmentDefinition: look, InlineFragment: look });
      return found;
    },
  },
  {
    name: 'a variable with the name of the one for entities',
    applies: (_operation, _schema, { errors }) =>
      errors?.some(({ message }) => message.includes('cannot contain key "representations"')) ?? false,
  },
];

/** The fields that the test supergraphs require with arguments. */
const required = new Set(['price', 'dimensions', 'shipping', 'box']);

/** The fields that require others. */
const requiring = new Set(
  'shipping box label labels level total packed summary age review grade profile margin canShip'.split(' '),
);

/** How many `@skip` and `@include` there are that variables decide. */
function conditions(operation: DocumentNode): number {
  let count = 0;
  visit(operation, {
    Directive: ({ arguments: given }) => {
      if (given?.some(({ value }) => value.kind === Kind.VARIABLE)) count += 1;
    },
  });
  return count;
}

function fieldsOf(operation: DocumentNode): FieldNode[] {
  const fields: FieldNode[] = [];
  visit(operation, { Field: (field) => void fields.push(field) });
  return fields;
}
