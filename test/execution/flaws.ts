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

/** The one that shows only at times: where the two fields happen to hold the same, or neither is needed, nothing is wrong. */
export const collidingKeys: Flaw = {
  name: 'a response key that is the name of another field, which a key or @requires may need',
  applies: (operation, schema) => {
    const names = new Set(
      Object.values(schema.getTypeMap()).flatMap((type) =>
        isObjectType(type) || isInterfaceType(type) ? Object.keys(type.getFields()) : [],
      ),
    );
    return fieldsOf(operation).some(({ alias, name }) => alias && alias.value !== name.value && names.has(alias.value));
  },
};

export const flaws: readonly Flaw[] = [
  collidingKeys,
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
    name: 'a type name beside what an interface object has, which overwrites it',
    applies: (operation) => {
      const names = new Set(fieldsOf(operation).map(({ name }) => name.value));
      return names.has('__typename') && ['rating', 'ratings', 'summary'].some((name) => names.has(name));
    },
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
    name: 'a field that requires others and is not asked of every object',
    applies: (operation) =>
      conditions(operation) + typeConditions(operation) > 0 &&
      fieldsOf(operation).some(({ name }) => requiring.has(name.value)),
  },
  {
    name: 'conditions that contradict each other, or by which nothing is asked for',
    applies: (operation) => conditions(operation) > 1 || conditions(operation, Kind.BOOLEAN) > 0,
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

/** How many `@skip` and `@include` there are that variables decide, or literals. */
function conditions(operation: DocumentNode, by: Kind = Kind.VARIABLE): number {
  let count = 0;
  visit(operation, {
    Directive: ({ arguments: given }) => {
      if (given?.some(({ value }) => value.kind === by)) count += 1;
    },
  });
  return count;
}

function typeConditions(operation: DocumentNode): number {
  let count = 0;
  const look = ({ typeCondition }: FragmentDefinitionNode | InlineFragmentNode) => {
    if (typeCondition) count += 1;
  };
  visit(operation, { FragmentDefinition: look, InlineFragment: look });
  return count;
}

function fieldsOf(operation: DocumentNode): FieldNode[] {
  const fields: FieldNode[] = [];
  visit(operation, { Field: (field) => void fields.push(field) });
  return fields;
}
