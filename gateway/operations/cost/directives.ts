import {
  type ConstDirectiveNode,
  type DocumentNode,
  type FieldDefinitionNode,
  type InputValueDefinitionNode,
  Kind,
  valueFromASTUntyped,
} from 'graphql';

/** What `@cost` and `@listSize` say in a supergraph's schema: IBM's GraphQL Cost Directives, sections 7 and 8. */
export interface CostDirectives {
  /** By schema coordinate: `Order`, `Order.lines`, `Query.orders(filter:)`, `OrderFilter.number`. */
  readonly weights: ReadonlyMap<string, number>;
  /** By field: `Order.lines`. */
  readonly listSizes: ReadonlyMap<string, ListSize>;
}

/** How long the list is that a field gives, or lists that fields of what it gives are. */
export interface ListSize {
  readonly assumedSize?: number;
  /** Arguments that tell it; `input.first` is a field of an input object. */
  readonly slicingArguments: readonly string[];
  /** The fields whose lists are meant; the field's own where there are none. */
  readonly sizedFields: readonly string[];
  readonly requireOneSlicingArgument: boolean;
}

/**
 * Reads the directives, under whatever names the `@link` to https://specs.apollo.dev/cost gives them. Without it there
 * are none.
 */
export function readCostDirectives({ definitions }: DocumentNode): CostDirectives {
  const weights = new Map<string, number>();
  const listSizes = new Map<string, ListSize>();
  const names = namesOf(
    definitions.flatMap((one) =>
      one.kind === Kind.SCHEMA_DEFINITION || one.kind === Kind.SCHEMA_EXTENSION ? (one.directives ?? []) : [],
    ),
  );
  if (!names) return { weights, listSizes };

  const readWeight = (coordinate: string, directives: readonly ConstDirectiveNode[] = []) => {
    const weight = Number(argumentsOf(directives, names.cost)?.weight ?? Number.NaN);
    if (Number.isFinite(weight)) weights.set(coordinate, weight);
  };
  const readInputs = (inputs: readonly InputValueDefinitionNode[] = [], coordinateOf: (name: string) => string) => {
    for (const { name, directives } of inputs) readWeight(coordinateOf(name.value), directives);
  };
  const readFields = (type: string, fields: readonly FieldDefinitionNode[] = []) => {
    for (const { name, directives, arguments: inputs } of fields) {
      const coordinate = `${type}.${name.value}`;
      readWeight(coordinate, directives);
      readInputs(inputs, (input) => `${coordinate}(${input}:)`);
      const given = argumentsOf(directives, names.listSize);
      if (given) listSizes.set(coordinate, listSizeOf(given));
    }
  };

  for (const definition of definitions) {
    switch (definition.kind) {
      case Kind.OBJECT_TYPE_DEFINITION:
      case Kind.OBJECT_TYPE_EXTENSION:
      case Kind.INTERFACE_TYPE_DEFINITION:
      case Kind.INTERFACE_TYPE_EXTENSION:
        readWeight(definition.name.value, definition.directives);
        readFields(definition.name.value, definition.fields);
        break;
      case Kind.INPUT_OBJECT_TYPE_DEFINITION:
      case Kind.INPUT_OBJECT_TYPE_EXTENSION:
        readInputs(definition.fields, (field) => `${definition.name.value}.${field}`);
        break;
      case Kind.SCALAR_TYPE_DEFINITION:
      case Kind.SCALAR_TYPE_EXTENSION:
      case Kind.ENUM_TYPE_DEFINITION:
      case Kind.ENUM_TYPE_EXTENSION:
        readWeight(definition.name.value, definition.directives);
    }
  }
  return { weights, listSizes };
}

/**
 * What the directives are called: as they are imported; or else `@cost`, the specification's namesake, as the
 * specification itself is, and `@cost__listSize` with that in front (core schemas, section "Prefixing").
 */
function namesOf(
  directives: readonly ConstDirectiveNode[],
): { readonly cost: string; readonly listSize: string } | undefined {
  for (const { arguments: given } of directives) {
    const { url, as, import: imports } = jsonOf(given);
    if (typeof url !== 'string' || !/^https:\/\/specs\.apollo\.dev\/cost\/v0\.\d+\/?$/.test(url)) continue;
    const prefix = typeof as === 'string' ? as : 'cost';
    const named = (directive: string, otherwise: string): string => {
      for (const one of Array.isArray(imports) ? (imports as unknown[]) : []) {
        if (one === directive) return directive.slice(1);
        const { name, as: renamed } = Object(one) as Record<string, unknown>;
        if (name === directive) return (typeof renamed === 'string' ? renamed : directive).slice(1);
      }
      return otherwise;
    };
    return { cost: named('@cost', prefix), listSize: named('@listSize', `${prefix}__listSize`) };
  }
  return undefined;
}

function listSizeOf(given: Readonly<Record<string, unknown>>): ListSize {
  const assumedSize = given.assumedSize ?? undefined;
  return {
    ...(assumedSize !== undefined && { assumedSize: Math.max(0, Number(assumedSize) || 0) }),
    slicingArguments: textsOf(given.slicingArguments),
    sizedFields: textsOf(given.sizedFields),
    requireOneSlicingArgument: given.requireOneSlicingArgument !== false,
  };
}

function argumentsOf(directives: readonly ConstDirectiveNode[] = [], directive: string) {
  const found = directives.find(({ name }) => name.value === directive);
  return found && jsonOf(found.arguments);
}

function jsonOf(given: ConstDirectiveNode['arguments'] = []): Readonly<Record<string, unknown>> {
  return Object.fromEntries(given.map(({ name, value }) => [name.value, valueFromASTUntyped(value)]));
}

/** A single value where a list is expected is a list of one. */
function textsOf(value: unknown): string[] {
  return (Array.isArray(value) ? value : [value]).filter((one) => typeof one === 'string');
}
