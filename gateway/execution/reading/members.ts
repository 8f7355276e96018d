import type { Program, ResponseField, SelectedField, Selection, ValueShape } from '../../operations/program.ts';
import type { Place } from './places.ts';
import {
  byte,
  type Expected,
  expected,
  type Scan,
  scanBoolean,
  scanInt,
  scanItems,
  scanJson,
  scanNull,
  scanNumber,
  scanString,
} from './scan.ts';

/** A member of an object that can go out as it comes, if the scan lets it pass. */
export interface Member {
  readonly scan: Scan;
  /** The field of the client's that it is. */
  readonly selection: Selection;
  readonly index: number;
}

type Types = Pick<Program, 'selections' | 'enums'>;

/** The members of a program's objects that can go out as they come. */
export class Members {
  readonly types: Types;
  /** Whoever holds a member asks for it, on every level above: compiled each time, depth would multiply with size. */
  readonly #known = new Map<Place, Member | undefined>();

  constructor(types: Types) {
    this.types = types;
  }

  /**
   * What checks a member that can go out as it comes: the client asks for just this in this order, and nothing else adds to it or looks
   * into it. Undefined for others. The scan lets nothing pass but what completion would write as well, in its own words at most.
   */
  at(place: Place, field: ResponseField): Member | undefined {
    if (!this.#known.has(place)) this.#known.set(place, compileMember(field, place, this));
    return this.#known.get(place);
  }
}

function compileMember({ key, fields }: ResponseField, place: Place, members: Members): Member | undefined {
  const [asked] = place.asked;
  if (!asked || place.isOpen || place.writers !== 1 || place.asked.length !== 1) return undefined;
  const { selection, index, isConditional } = asked;
  const { key: answerKey, value } = selection.fields[index] as SelectedField;
  // Where conditions decide what comes next, completion has to look at each field.
  if (answerKey !== key || isConditional) return undefined;
  const scan = compileValue(value, { fields, place, members });
  return scan && { scan, selection, index };
}

/** How the key stands in the object's text. */
export function prefixOf(key: string, isFirst: boolean): Expected {
  return expected(`${isFirst ? '{' : ','}"${key}":`);
}

interface Below {
  readonly fields: readonly ResponseField[] | undefined;
  readonly place: Place;
  readonly members: Members;
}

function compileValue(shape: ValueShape, below: Below): Scan | undefined {
  const scan = compileNonNull(shape, below);
  if (!scan || shape.required) return scan;
  return (cursor) => (cursor.bytes[cursor.at] === byte.n ? scanNull(cursor) : scan(cursor));
}

function compileNonNull(shape: ValueShape, below: Below): Scan | undefined {
  switch (shape.kind) {
    case 'list': {
      const item = compileValue(shape.of, below);
      return item && ((cursor) => scanItems(cursor, item));
    }
    case 'object':
      return compileObject(below.members.types.selections[shape.selection] as Selection, below);
    case 'leaf':
      return leafScans[shape.type];
    case 'enum':
      return oneOf((below.members.types.enums[shape.type] ?? []).map((value) => expected(`"${value}"`)));
    case 'scalar':
      return scanScalar;
    case 'typename':
      return shape.name === null ? undefined : oneOf([expected(`"${shape.name}"`)]);
    default:
      return undefined;
  }
}

const leafScans: Readonly<Record<(ValueShape & { readonly kind: 'leaf' })['type'], Scan>> = {
  String: scanString,
  ID: scanString,
  Int: scanInt,
  Float: scanNumber,
  Boolean: scanBoolean,
};

/** Null is no value: it was looked for before. */
const scanScalar: Scan = (cursor) => cursor.bytes[cursor.at] !== byte.n && scanJson(cursor);

function oneOf(texts: readonly Expected[]): Scan {
  return (cursor) => {
    for (const text of texts) if (cursor.takes(text)) return true;
    return false;
  };
}

function compileObject(selection: Selection, { fields = [], place, members }: Below): Scan | undefined {
  if (fields.length === 0 || selection.fields.length !== fields.length) return undefined;
  const prefixes: Expected[] = [];
  const scans: Scan[] = [];
  for (const [i, field] of fields.entries()) {
    const member = members.at(place.below(field.key), field);
    if (member?.index !== i) return undefined;
    prefixes.push(prefixOf(field.key, i === 0));
    scans.push(member.scan);
  }
  return (cursor) => {
    for (let i = 0; i < scans.length; i++) {
      if (!cursor.takes(prefixes[i] as Expected) || !(scans[i] as Scan)(cursor)) return false;
    }
    return cursor.takesByte(byte.closeBrace);
  };
}
