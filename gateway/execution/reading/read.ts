import { isUtf8 } from 'node:buffer';
import type { FetchStep, Program, ResponseField } from '../../operations/program.ts';
import type { ReadResponse } from '../../transport/transport.ts';
import type { Tree } from '../tree.ts';
import { Verbatim } from '../verbatim.ts';
import { type Member, Members, prefixOf } from './members.ts';
import { type Place, targetOf } from './places.ts';
import {
  byte,
  Cursor,
  type Expected,
  expected,
  type Scan,
  scanBoolean,
  scanJson,
  scanNull,
  scanNumber,
  scanString,
} from './scan.ts';

/**
 * Compiles what reads the responses of a fetch sooner than `JSON.parse` would: the query tells which keys come in which order
 * (GraphQL specification, section 7.2.2 "Serialized Map Ordering"), and what the answer takes over as it is becomes no objects at all.
 * It reads nothing but what it expects, as most servers write it: data without errors, and no white space. Undefined where what comes
 * depends on conditions or types.
 */
export function compileRead(step: FetchStep, root: Place, program: Program): ReadResponse | undefined {
  const { isUniform, fields } = step.response;
  if (!isUniform || step.renames.length > 0) return undefined;
  const target = targetOf(step, root);
  const [first] = fields;
  const inner = step.target.kind === 'root' ? fields : target.fields;
  const object = compileObject(inner, target.place, new Members(program));
  const entities = step.target.kind === 'entities' && first ? compileEntities(first.key, object) : object;
  return patient((bytes) => {
    const cursor = new Cursor(bytes);
    if (!cursor.takes(start)) return undefined;
    const data = entities(cursor);
    if (data === failed || data === null || !cursor.takesByte(byte.closeBrace)) return undefined;
    // Some servers end with a new line.
    cursor.takesByte(0x0a);
    // What goes out as it comes has to be text; decoding would make it some.
    return cursor.at === bytes.length && isUtf8(bytes) ? { data: data as Tree } : undefined;
  });
}

const start = expected('{"data":');

/** A subgraph that writes in some other way does so each time: trying costs less and less. */
function patient(read: ReadResponse): ReadResponse {
  let wait = 0;
  let failures = 0;
  return (bytes) => {
    if (wait > 0) {
      wait -= 1;
      return undefined;
    }
    const response = read(bytes);
    failures = response ? 0 : Math.min(failures + 1, 10);
    wait = 2 ** failures - 1;
    return response;
  };
}

const failed = Symbol('not as expected');

/** Reads a value; `failed` where it isn't as expected. */
type Read = (cursor: Cursor) => unknown;

function compileEntities(key: string, entity: Read): Read {
  const prefix = prefixOf(key, true);
  return (cursor) => {
    if (!cursor.takes(prefix)) return failed;
    const entities = readItems(cursor, entity);
    return entities !== failed && cursor.takesByte(byte.closeBrace) ? { [key]: entities } : failed;
  };
}

/** Reads one or more members and adds them to an object. */
type ReadMembers = (cursor: Cursor, object: Tree) => boolean;

function compileObject(fields: readonly ResponseField[], place: Place, members: Members): Read {
  const parts: ReadMembers[] = [];
  for (let i = 0; i < fields.length; ) {
    const verbatim = compileVerbatim(fields, i, place, members);
    parts.push(verbatim?.read ?? compileField(fields[i] as ResponseField, i === 0, place, members));
    i += verbatim?.count ?? 1;
  }
  return (cursor) => {
    if (cursor.bytes[cursor.at] === byte.n) return scanNull(cursor) ? null : failed;
    const object: Tree = {};
    for (let i = 0; i < parts.length; i++) if (!(parts[i] as ReadMembers)(cursor, object)) return failed;
    return cursor.takesByte(byte.closeBrace) ? object : failed;
  };
}

/** What reads as many members as follow each other here as in the answer, and can go out as they come. */
function compileVerbatim(fields: readonly ResponseField[], start: number, place: Place, members: Members) {
  const found: Member[] = [];
  const prefixes: Expected[] = [];
  for (let i = start; i < fields.length; i++) {
    const field = fields[i] as ResponseField;
    const member = members.at(place.below(field.key), field);
    const last = found.at(-1);
    if (!member || isConstant(member)) break;
    if (last && (last.selection !== member.selection || last.index + 1 !== member.index)) break;
    prefixes.push(prefixOf(field.key, start + found.length === 0));
    found.push(member);
  }
  const { key } = fields[start] as ResponseField;
  const scans = found.map(({ scan }) => scan);
  const { length: count } = scans;
  if (count === 0) return undefined;
  const read: ReadMembers = (cursor, object) => {
    // Without the brace or the comma ahead.
    const from = cursor.at + 1;
    for (let i = 0; i < count; i++) {
      if (!cursor.takes(prefixes[i] as Expected) || !(scans[i] as Scan)(cursor)) return false;
    }
    object[key] = new Verbatim(cursor.since(from), count);
    return true;
  };
  return { read, count };
}

/** Whether completion writes it whatever came, so that it isn't among what is counted. */
function isConstant({ selection, index }: Member): boolean {
  return selection.fields[index]?.value.kind === 'typename';
}

function compileField({ key, fields }: ResponseField, isFirst: boolean, outer: Place, members: Members): ReadMembers {
  const prefix = prefixOf(key, isFirst);
  const read = fields ? compileComposite(fields, outer.below(key), members) : readLeaf;
  return (cursor, object) => {
    if (!cursor.takes(prefix)) return false;
    const value = read(cursor);
    object[key] = value;
    return value !== failed;
  };
}

/** An object, or a list of lists of objects: what comes tells. */
function compileComposite(fields: readonly ResponseField[], place: Place, members: Members): Read {
  const object = compileObject(fields, place, members);
  const read = (cursor: Cursor, levels: number): unknown =>
    levels > 0 && cursor.bytes[cursor.at] === byte.openBracket
      ? readItems(cursor, (each) => read(each, levels - 1))
      : object(cursor);
  return (cursor) => read(cursor, mostLevels);
}

/** Of lists in lists: what has more isn't of its type, and could have more than the stack. */
const mostLevels = 32;

function readItems(cursor: Cursor, read: Read): unknown {
  if (!cursor.takesByte(byte.openBracket)) return failed;
  const items: unknown[] = [];
  if (cursor.takesByte(byte.closeBracket)) return items;
  do {
    const item = read(cursor);
    if (item === failed) return failed;
    items.push(item);
  } while (cursor.takesByte(byte.comma));
  return cursor.takesByte(byte.closeBracket) ? items : failed;
}

const readLeaf: Read = (cursor) => {
  const start = cursor.at;
  switch (cursor.bytes[start]) {
    case byte.quote:
      return scanString(cursor) ? cursor.stringSince(start) : failed;
    case byte.n:
      return scanNull(cursor) ? null : failed;
    case byte.t:
    case byte.f:
      return scanBoolean(cursor) ? cursor.bytes[start] === byte.t : failed;
    case byte.openBracket:
    case byte.openBrace:
      return scanJson(cursor) ? JSON.parse(cursor.bytes.toString('utf8', start, cursor.at)) : failed;
    default:
      return scanNumber(cursor) ? Number(cursor.since(start)) : failed;
  }
};
