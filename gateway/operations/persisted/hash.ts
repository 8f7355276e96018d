import { hash } from 'node:crypto';

/**
 * Whether a text has this hash: SHA-256 of its UTF-8 in lower-case hexadecimal. A text with half a surrogate pair has none: it would
 * be the one of the text with U+FFFD in its place.
 */
export function isHashOf(id: string, text: string): boolean {
  return text.isWellFormed() && hash('sha256', text, 'hex') === id;
}
