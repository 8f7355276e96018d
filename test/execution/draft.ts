/** An operation before it is text: what fast-check makes up and shrinks. `writeOperation` makes it valid. */
export interface OperationDraft {
  readonly kind: 'query' | 'mutation';
  readonly selections: readonly SelectionDraft[];
  readonly fragments: readonly FragmentDraft[];
  /** The values of the variables that `@skip` and `@include` share, and whether the client leaves them to their default. */
  readonly conditions: readonly { readonly value: boolean; readonly byDefault: boolean }[];
}

export interface FragmentDraft {
  readonly type: string;
  readonly selections: readonly SelectionDraft[];
}

export type SelectionDraft =
  | {
      readonly kind: 'field';
      readonly name: string;
      readonly alias: string | null;
      readonly args: Readonly<Record<string, ValueDraft | null>>;
      readonly directives: readonly DirectiveDraft[];
      readonly selections?: readonly SelectionDraft[];
      /** Where the key is taken by the same field with other arguments: take over those. */
      readonly merge: boolean;
    }
  /** Introspection. */
  | { readonly kind: 'text'; readonly key: string; readonly text: string }
  | {
      readonly kind: 'inline';
      readonly type: string | null;
      readonly directives: readonly DirectiveDraft[];
      readonly selections: readonly SelectionDraft[];
    }
  /** Of those fragments that fit, this one; `__typename` where none does. */
  | { readonly kind: 'spread'; readonly index: number; readonly directives: readonly DirectiveDraft[] };

export interface DirectiveDraft {
  readonly name: 'skip' | 'include';
  /** A literal, or the index of a condition. */
  readonly when: boolean | number;
}

/** A value of an argument. */
export type ValueDraft =
  /** A leaf, `null` or any JSON of a custom scalar; `literal` is its text where that isn't the JSON. */
  | { readonly kind: 'leaf'; readonly json: unknown; readonly literal?: string }
  | { readonly kind: 'list'; readonly items: readonly ValueDraft[] }
  | { readonly kind: 'object'; readonly fields: Readonly<Record<string, ValueDraft | null>> }
  | {
      readonly kind: 'variable';
      readonly type: string;
      readonly value: ValueDraft;
      /** Given by the client, left to the variable's default, or not given at all. */
      readonly by: 'client' | 'default' | 'nobody';
    };
