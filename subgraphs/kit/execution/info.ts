import type { GraphQLResolveInfo } from 'graphql';
import type { Run } from './execute.ts';
import type { PlannedField } from './plan.ts';

/** The way to a value, from its end. */
export type Path = GraphQLResolveInfo['path'];

/** What resolvers are told of their field. Most don't ask, so that it is put together only where one does. */
export class Info implements GraphQLResolveInfo {
  readonly #run: Run;
  readonly #field: PlannedField;
  readonly path: Path;

  constructor(run: Run, field: PlannedField, path: Path) {
    this.#run = run;
    this.#field = field;
    this.path = path;
  }

  get rootValue() {
    return undefined;
  }

  get fieldName() {
    return this.#field.definition.name;
  }

  get fieldNodes() {
    return this.#field.nodes;
  }

  get returnType() {
    return this.#field.definition.type;
  }

  get parentType() {
    return this.#field.parent;
  }

  get schema() {
    return this.#run.plan.schema;
  }

  get fragments() {
    return this.#run.plan.fragments;
  }

  get operation() {
    return this.#run.plan.operation;
  }

  get variableValues() {
    return this.#run.variables;
  }
}
