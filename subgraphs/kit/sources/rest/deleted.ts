import type { Raw } from '../../source.ts';
import { at } from '../paths.ts';

/** What a record holds that is there no more, or not there yet for clients: true at a path, or these values at theirs. */
export type DeletedMark = string | Readonly<Record<string, Raw>>;

/** Whether a record carries the mark. */
export function isDeleted(mark: DeletedMark | undefined, record: unknown): boolean {
  return Object.entries(valuesOf(mark)).some(([path, value]) => at(record, path) === value);
}

/** The paths that must be read to see the mark. */
export function pathsOfMark(mark: DeletedMark | undefined): readonly string[] {
  return Object.keys(valuesOf(mark));
}

function valuesOf(mark: DeletedMark = {}): Readonly<Record<string, Raw>> {
  return typeof mark === 'string' ? { [mark]: true } : mark;
}
