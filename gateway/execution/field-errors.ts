import type { Program, SelectedField, ValueShape } from '../operations/program.ts';
import { holds } from './conditions.ts';
import { quote } from './json.ts';
import { isTree, type Path, type Tree, valueAt } from './tree.ts';
import { type Utf8, utf8 } from './utf8.ts';
import type { Variables } from './variables.ts';

/** An error of a field: GraphQL specification, section 7.1.2. */
export interface FieldError {
  readonly message: string;
  /** In the tree, as long as an operation runs; in the answer, at its end. None where nobody knows the place. */
  readonly path?: Path;
  readonly code: string;
  /** Whose it is; none where a value is null that must not be. */
  readonly subgraph?: string;
}

/** More than these nobody reads. An entity may stand at 100,000 places, and each of its errors with it. */
export const mostErrors = 10_000;

/** The errors as JSON, a list, and how many are in it. What failed for several things that the client didn't ask for says the same of one place; once is enough. */
export function errorsText(errors: readonly FieldError[]): { readonly text: Utf8; readonly count: number } {
  const texts = new Set(errors.map(errorText));
  if (errors.length >= mostErrors)
    texts.add(errorText({ message: 'There are more errors than these.', code: 'TOO_MANY_ERRORS' }));
  return { text: utf8(`[${[...texts].join()}]`), count: texts.size };
}

function errorText({ message, path, code, subgraph }: FieldError): string {
  const place = path?.length ? `,"path":${JSON.stringify(path)}` : '';
  const name = subgraph === undefined ? '' : `,"serviceName":${quote(subgraph)}`;
  return `{"message":${quote(message)}${place},"extensions":{"code":${quote(code)}${name}}}`;
}

/**
 * The place in the answer of a place in the tree: by the client's keys, and no further than the client asked. The plan asks for
 * more than the client does, and sometimes under other keys.
 */
export function placeInAnswer(path: Path, { selections }: Program, tree: Tree, variables: Variables): Path {
  const place: (string | number)[] = [];
  let shape: ValueShape = { kind: 'object', selection: 0 };
  let value: unknown = tree;
  for (const step of path) {
    if (typeof step === 'number') {
      if (shape.kind !== 'list') break;
      shape = shape.of;
      value = Array.isArray(value) ? value[step] : undefined;
      place.push(step);
    } else {
      const field = fieldAt(shape, step);
      if (!field) break;
      shape = field.value;
      value = isTree(value) ? valueAt(value, step) : undefined;
      place.push(field.key);
    }
  }
  return place;

  function fieldAt(shape: ValueShape, key: string): SelectedField | undefined {
    for (const index of selectionsOf(shape, value)) {
      const field = selections[index]?.fields.find(
        (each) => (each.from ?? each.key) === key && holds(each.when, variables),
      );
      if (field) return field;
    }
    return undefined;
  }
}

/** What may be asked of a value: by its type where that is known, otherwise all that may be. */
function selectionsOf(shape: ValueShape, value: unknown): readonly number[] {
  if (shape.kind === 'object') return [shape.selection];
  if (shape.kind !== 'abstract') return [];
  const known = isTree(value) && typeof value.__typename === 'string' ? shape.selections[value.__typename] : undefined;
  return known === undefined ? Object.values(shape.selections) : [known];
}
