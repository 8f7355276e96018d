import { type FieldError, mostErrors } from './field-errors.ts';
import type { Path, Tree } from './tree.ts';
import type { Utf8 } from './utf8.ts';
import type { Variables } from './variables.ts';

/** What completing needs to know of a run. */
export interface CompletionInput {
  readonly tree: Tree;
  readonly variables: Variables;
  /** The errors so far, with their places in the answer. */
  readonly errors: readonly FieldError[];
  /** Objects that a subgraph was asked about and doesn't have. */
  readonly absent: ReadonlySet<Tree>;
  /** The values of `__schema` and `__type` fields that depend on variables, as JSON, by response key. */
  readonly introspected: ReadonlyMap<string, string>;
}

/** The data as JSON, and the errors that were found while it was written. */
export interface CompletedData {
  readonly text: Utf8;
  readonly errors: readonly FieldError[];
}

/** Writes a value as JSON in UTF-8; undefined where it is null and must not be, so that the object or list around it is null, too. */
export type Write = (value: unknown, completion: Completion) => string | undefined;

/** One answer as it is being written. */
export class Completion {
  readonly variables: Variables;
  readonly introspected: ReadonlyMap<string, string>;
  /** Where the value that is being written stands in the answer. */
  readonly path: (string | number)[] = [];
  /** The object that holds it. */
  owner: Tree;
  readonly errors: FieldError[] = [];
  readonly #input: CompletionInput;
  #explained: Explained | undefined;

  constructor(input: CompletionInput) {
    this.#input = input;
    this.variables = input.variables;
    this.introspected = input.introspected;
    this.owner = input.tree;
  }

  /** A null that must not be. It is told unless an error has told already why, or the object isn't there at all. */
  missing(field: string): undefined {
    if (this.#input.absent.has(this.owner)) return;
    this.#explained ??= new Explained(this.#input.errors);
    if (!this.#explained.has(this.path)) this.#error(`Cannot return null for non-nullable field ${field}.`);
  }

  /** A value that isn't of its type: null, and an error. The value itself may be a secret. */
  invalid(field: string, expected: string): undefined {
    this.#error(`The field ${field} has an invalid value. Expected ${expected}.`);
  }

  /** A value that the caller may not see: null, and an error at its place or below. */
  refuse(below: Path, message: string): void {
    this.#error(message, 'UNAUTHORIZED_FIELD_OR_TYPE', below);
  }

  #error(message: string, code = 'DOWNSTREAM_SERVICE_ERROR', below: Path = []): void {
    if (this.errors.length < mostErrors) this.errors.push({ message, path: [...this.path, ...below], code });
  }
}

/** Which places errors speak of: their own, all below, and all above. A tree, as texts of paths would take longer than all the rest. */
class Explained {
  readonly #root: Place = { isOwn: false, below: new Map() };

  constructor(errors: readonly FieldError[]) {
    for (const { path } of errors) {
      if (!path) continue;
      let place = this.#root;
      for (const step of path) {
        let next = place.below.get(step);
        if (!next) {
          next = { isOwn: false, below: new Map() };
          place.below.set(step, next);
        }
        place = next;
      }
      place.isOwn = true;
    }
  }

  has(path: Path): boolean {
    let place: Place | undefined = this.#root;
    for (const step of path) {
      place = place.below.get(step);
      if (!place) return false;
      if (place.isOwn) return true;
    }
    return true;
  }
}

interface Place {
  /** Whether an error stands here, not only further below. */
  isOwn: boolean;
  readonly below: Map<string | number, Place>;
}
