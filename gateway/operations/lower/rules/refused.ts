import type { FieldRefusal, Selection, ValueShape } from '../../program.ts';
import { and, isNever, keyOf, type When } from '../conditions.ts';

/** More than these nobody reads: of more, those are kept that are asked for under other conditions, as each decides whether all is refused. */
const mostRefusals = 100;

/**
 * The refusals that a value consists of; undefined where anything is left to fetch for it. Agrees with `withhold`: there, a field with
 * nothing left below it is left out.
 */
export function refusalsBelow(shape: ValueShape, selections: readonly Selection[]): FieldRefusal[] | undefined {
  switch (shape.kind) {
    case 'refused':
      return [...shape.refusals];
    case 'list':
      return distinct((refusalsBelow(shape.of, selections) ?? []).map((refusal) => ({ ...refusal, path: [] })));
    case 'object':
      return ofSelection(selections[shape.selection]);
    case 'abstract': {
      const all: FieldRefusal[] = [];
      for (const [type, index] of Object.entries(shape.selections)) {
        const message = shape.refused?.[type];
        // Nothing is asked of objects of this type.
        if (selections[index]?.fields.length === 0) continue;
        const below = message === undefined ? ofSelection(selections[index]) : [{ path: [], message }];
        if (!below) return undefined;
        all.push(...below);
      }
      return distinct(all);
    }
    default:
      return undefined;
  }
}

function ofSelection(selection: Selection | undefined): FieldRefusal[] | undefined {
  const all: FieldRefusal[] = [];
  for (const { key, value, when: outer } of selection?.fields ?? []) {
    if (value.kind !== 'refused') return undefined;
    for (const { path, message, when: inner } of value.refusals) {
      const when = and(outer, inner);
      if (!isNever(when)) all.push({ path: [key, ...path], message, ...(when && { when }) });
    }
  }
  return distinct(all);
}

/** Undefined where there is none. */
function distinct(refusals: readonly FieldRefusal[]): FieldRefusal[] | undefined {
  const byKey = new Map(refusals.map((one) => [`${one.path.join('.')} ${one.message}${keyOf(one.when)}`, one]));
  if (byKey.size === 0) return undefined;
  const told = new Told();
  for (const one of byKey.values()) told.add(one);
  return told.all;
}

/** Refusals as far as they are told. */
class Told {
  readonly all: FieldRefusal[] = [];
  readonly #conditions = new Set<string>();

  add(refusal: FieldRefusal): void {
    const condition = keyOf(refusal.when);
    if (this.all.length >= mostRefusals && this.#conditions.has(condition)) return;
    this.#conditions.add(condition);
    this.all.push(refusal);
  }
}

/** The refusals of a whole program, from the root. An object that may be of a refused type is one, also where nothing is asked of that. */
export function allRefusals(selections: readonly Selection[]): FieldRefusal[] {
  const told = new Told();
  const seen = new Set<string>();

  function inSelection(index: number, path: readonly string[], outer: When): void {
    const place = `${index}${keyOf(outer)}`;
    if (seen.has(place)) return;
    seen.add(place);
    for (const { key, value, when } of selections[index]?.fields ?? []) {
      const both = and(outer, when);
      if (!isNever(both)) inValue(value, [...path, key], both);
    }
  }

  function inValue(shape: ValueShape, path: readonly string[], when: When): void {
    if (shape.kind === 'list') inValue(shape.of, path, when);
    else if (shape.kind === 'object') inSelection(shape.selection, path, when);
    else if (shape.kind === 'refused') for (const one of shape.refusals) add([...path, ...one.path], one, when);
    else if (shape.kind === 'abstract') {
      for (const [type, index] of Object.entries(shape.selections)) {
        const message = shape.refused?.[type];
        if (message === undefined) inSelection(index, path, when);
        else add(path, { path: [], message }, when);
      }
    }
  }

  function add(path: readonly string[], { message, when: inner }: FieldRefusal, outer: When): void {
    const when = and(outer, inner);
    if (!isNever(when)) told.add({ path, message, ...(when && { when }) });
  }

  inSelection(0, [], undefined);
  return told.all;
}
