import { createHash } from 'node:crypto';
import { InvalidCursorError } from './errors.ts';
import type { Position } from './source.ts';

/** A short mark of a list: its parent, filter and order. A cursor carries it, so that it opens no other list. */
export function listMark(list: unknown): string {
  return createHash('sha256').update(JSON.stringify(list, jsonValue)).digest('base64url').slice(0, 8);
}

/** The opaque text of a position in a list (Relay cursor connections specification, 2.1 Cursor). */
export function encodeCursor(mark: string, position: Position): string {
  return Buffer.from(JSON.stringify([mark, ...position])).toString('base64url');
}

/** The position in a cursor. Throws InvalidCursorError for text that is no cursor, and for a cursor of another list. */
export function decodeCursor(cursor: string, mark: string): Position {
  let content: unknown;
  try {
    content = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
  } catch {
    throw new InvalidCursorError();
  }
  if (!Array.isArray(content) || content[0] !== mark) throw new InvalidCursorError();
  const position: unknown[] = content.slice(1);
  if (!position.every(isScalar)) throw new InvalidCursorError();
  return position;
}

function isScalar(value: unknown): value is string | number | boolean | null {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}

function jsonValue(_key: string, value: unknown): unknown {
  return typeof value === 'bigint' ? String(value) : value;
}
