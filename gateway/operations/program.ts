import type { Condition } from './condition.ts';
import type { CostExpression } from './cost/expression.ts';

/**
 * A prepared operation as plain data: a planning process makes it from the query plan and the operation, the serving process
 * compiles it (`execution/compile.ts`) and needs neither schema nor planner to run it. It survives JSON.
 */
export interface Program {
  readonly kind: 'query' | 'mutation' | 'subscription';
  /** As the client's text has it. */
  readonly name?: string;
  /** The operation's text as logs and traces may have it: no value in it is a client's. */
  readonly text: string;
  readonly variables: readonly VariableDefinition[];
  /** The enums and input objects that variables may hold, by name. A name that isn't here and isn't built in is a custom scalar. */
  readonly inputTypes: Readonly<Record<string, InputType>>;
  /** What is fetched; undefined where nothing is. */
  readonly steps?: Step;
  /** What is asked of objects; `selections[0]` is asked of the root. */
  readonly selections: readonly Selection[];
  /** The values of the enums that are asked for, by name. */
  readonly enums: Readonly<Record<string, readonly string[]>>;
  /** Types that a subgraph may name in `__typename` though they are interfaces there (`@interfaceObject`). */
  readonly interfaceObjects: readonly string[];
  /** What it costs. */
  readonly cost?: CostExpression;
  /** All that is refused to the callers for whom it was made, with paths from the root. */
  readonly refusals?: readonly FieldRefusal[];
}

/** A variable of the operation. `literal` ones stand for a literal of the client's text, and clients can't give them. */
export interface VariableDefinition {
  readonly name: string;
  /** As in GraphQL: `[OrderFilter!]!`. */
  readonly type: string;
  /** Present where there is one, `null` included; as JSON. */
  readonly defaultValue?: unknown;
  readonly literal?: true;
  /** Where the client's text defines it. */
  readonly location?: { readonly line: number; readonly column: number };
}

export type InputType =
  | { readonly kind: 'enum'; readonly values: readonly string[] }
  | {
      readonly kind: 'object';
      /** Exactly one field must be given (`@oneOf`). */
      readonly oneOf?: true;
      readonly fields: readonly { readonly name: string; readonly type: string; readonly defaultValue?: unknown }[];
    };

/** A part of the plan. Room is left for the plan's Defer and Subscription nodes. */
export type Step =
  /** One after the other. */
  | { readonly kind: 'sequence'; readonly steps: readonly Step[] }
  /** All at once. */
  | { readonly kind: 'parallel'; readonly steps: readonly Step[] }
  /** By the value of a Boolean variable. */
  | { readonly kind: 'condition'; readonly variable: string; readonly then?: Step; readonly otherwise?: Step }
  | FetchStep;

/** One request to one subgraph. */
export interface FetchStep {
  readonly kind: 'fetch';
  readonly subgraph: string;
  readonly operation: 'query' | 'mutation' | 'subscription';
  readonly query: string;
  /** The query as logs and traces may have it, where that differs: no value in it is a client's. */
  readonly shown?: string;
  readonly operationName?: string;
  /** The operation's variables that it uses; `as` is the name in the query where that differs. */
  readonly variables: readonly { readonly name: string; readonly as?: string }[];
  readonly target: RootTarget | EntityTarget;
  readonly response: ResponseForm;
  /** Changes to what comes back, before it is merged: keys that the planner had to make up. */
  readonly renames: readonly Rename[];
}

/** What the data of a response hold, in the order of the query's text: GraphQL specification, section 6.3.2 "CollectFields". */
export interface ResponseForm {
  /** What is asked for under any type and any condition. */
  readonly fields: readonly ResponseField[];
  /** Whether every object has all of that: no type and no condition decides. */
  readonly isUniform: boolean;
}

export interface ResponseField {
  readonly key: string;
  /** Of an object, or of the objects in a list; a leaf has none. */
  readonly fields?: readonly ResponseField[];
}

/** It asks for root fields, whose values join the root of the tree. */
export interface RootTarget {
  readonly kind: 'root';
  /** To the objects that they join instead, as in `EntityTarget`: a field may give a `Query` anywhere. */
  readonly path?: readonly string[];
  /** The response keys, for errors that stand for the whole fetch. */
  readonly keys: readonly { readonly key: string; readonly when?: Condition }[];
}

/** It asks for entities, whose fields join the objects at `path`. */
export interface EntityTarget {
  readonly kind: 'entities';
  /** From the root of the tree to the objects; `@` stands for each item of a list. */
  readonly path: readonly string[];
  /** The name of the variable for the representations, `representations` unless the client has one of that name. */
  readonly variable: string;
  /** What a representation takes from an object, by the object's `__typename`; objects of other types are left out. */
  readonly representations: Readonly<Record<string, readonly RepresentationField[]>>;
}

/** A field of a representation. One that the object lacks makes the object unfit for the fetch. */
export type RepresentationField =
  /** A constant, such as the name of the interface where the subgraph knows only that. */
  | { readonly as: string; readonly value: unknown }
  | { readonly as: string; readonly from: string; readonly fields?: RepresentationFields };

/** The fields of an object inside a representation; by its `__typename` where they depend on that (then others give `{}`). */
export type RepresentationFields =
  | { readonly kind: 'any'; readonly fields: readonly RepresentationField[] }
  | { readonly kind: 'typed'; readonly types: Readonly<Record<string, readonly RepresentationField[]>> };

/** Moves a value to another key of the same object. */
export interface Rename {
  /** From a root or an entity to the object, through lists. `types`: only objects whose `__typename` is missing or one of these. */
  readonly path: readonly ({ readonly key: string } | { readonly types: readonly string[] })[];
  readonly from: string;
  readonly to: string;
}

/** What is asked of an object of one type, with fragments resolved and equal response keys merged. */
export interface Selection {
  /** The object's type, for messages. */
  readonly type: string;
  readonly fields: readonly SelectedField[];
}

export interface SelectedField {
  /** The key in the answer. */
  readonly key: string;
  /** The key in the tree, where it differs. */
  readonly from?: string;
  /** The field's name in the schema, where it differs from `key`. */
  readonly name?: string;
  readonly value: ValueShape;
  readonly when?: Condition;
}

/** That a field is refused to a caller. Where all below a field is, that field isn't fetched either, and the errors are those below. */
export interface FieldRefusal {
  /** From the field, by response keys; no further than to a list, as nobody knows what is in it. */
  readonly path: readonly string[];
  readonly message: string;
  readonly when?: Condition;
}

/** What a value must be. `required`: not null. */
export type ValueShape = { readonly required?: true } & (
  | { readonly kind: 'list'; readonly of: ValueShape }
  /** An object of one type: an index into `selections`. */
  | { readonly kind: 'object'; readonly selection: number }
  /**
   * An object whose `__typename` decides: indices into `selections`. `type` is the abstract type. `refused`: the objects that the caller may
   * not see at all, with the error's message.
   */
  | {
      readonly kind: 'abstract';
      readonly type: string;
      readonly selections: Readonly<Record<string, number>>;
      readonly refused?: Readonly<Record<string, string>>;
    }
  /** What the caller may not see: it is not fetched, null, and an error tells why. */
  | { readonly kind: 'refused'; readonly refusals: readonly FieldRefusal[] }
  | { readonly kind: 'leaf'; readonly type: 'Int' | 'Float' | 'String' | 'Boolean' | 'ID' }
  /** `type` is its name in `enums`. */
  | { readonly kind: 'enum'; readonly type: string }
  /** A custom scalar: any JSON. */
  | { readonly kind: 'scalar'; readonly type: string }
  /** `__typename`: the type of the selection that it stands in; null for an interface, which is no answer. */
  | { readonly kind: 'typename'; readonly name: string | null }
  /** `__schema` or `__type`: JSON text, or an operation for the planning process where variables decide or the text is long. */
  | { readonly kind: 'introspection'; readonly text: string }
  | { readonly kind: 'introspection'; readonly query: string; readonly variables: readonly string[] }
);
