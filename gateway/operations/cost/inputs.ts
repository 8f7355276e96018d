import { type GraphQLInputType, getNamedType, isInputObjectType, Kind, type ValueNode } from 'graphql';
import type { InputPlace, Operand } from './expression.ts';
import type { Terms } from './terms.ts';

/** What arguments cost, as `CostExpression` says. */
export class InputCosts {
  /** As in `CostExpression`: what variables may hold. */
  readonly types: Record<string, Record<string, InputPlace>> = {};
  readonly #weights: ReadonlyMap<string, number>;
  readonly #terms: Terms;

  constructor(weights: ReadonlyMap<string, number>, terms: Terms) {
    this.#weights = weights;
    this.#terms = terms;
  }

  /** What a value costs in a place of a type. `weight`: of the place. */
  costOf(value: ValueNode, type: GraphQLInputType, weight: number | undefined): Operand {
    const named = getNamedType(type);
    const own = weight ?? this.#weights.get(named.name);
    switch (value.kind) {
      case Kind.NULL:
        return 0;
      case Kind.VARIABLE: {
        const place = this.#placeOf(type, weight);
        return place ? this.#terms.term({ kind: 'input', variable: value.name.value, place }) : 0;
      }
      case Kind.LIST:
        return this.#terms.sum([own ?? 0, ...value.values.map((item) => this.costOf(item, type, weight))]);
      case Kind.OBJECT: {
        if (!isInputObjectType(named)) return own ?? 0;
        const fields = named.getFields();
        const costs = value.fields.map(({ name, value: inner }) => {
          const field = fields[name.value];
          return field ? this.costOf(inner, field.type, this.#weights.get(`${named.name}.${field.name}`)) : 0;
        });
        return this.#terms.sum([own ?? 1, ...costs]);
      }
      default:
        return own ?? 0;
    }
  }

  /** The place, unless nothing in it costs anything. */
  #placeOf(type: GraphQLInputType, weight: number | undefined): InputPlace | undefined {
    const named = getNamedType(type);
    const own = weight ?? this.#weights.get(named.name);
    const place = { ...(own !== undefined && { weight: own }) };
    if (!isInputObjectType(named)) return own ? place : undefined;
    const { name } = named;
    if (!Object.hasOwn(this.types, name)) {
      const fields: Record<string, InputPlace> = {};
      this.types[name] = fields;
      for (const field of Object.values(named.getFields())) {
        const inner = this.#placeOf(field.type, this.#weights.get(`${name}.${field.name}`));
        if (inner) fields[field.name] = inner;
      }
    }
    return { ...place, type: name };
  }
}
