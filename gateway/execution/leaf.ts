import type { ValueShape } from '../operations/program.ts';
import { quoteUtf8 } from './json.ts';
import type { Utf8 } from './utf8.ts';

/** Writes a value of a built-in scalar as JSON, by section 3.5 of the specification; undefined where it isn't one. */
export type LeafText = (value: unknown) => Utf8 | undefined;

export const leafTexts: Readonly<Record<(ValueShape & { readonly kind: 'leaf' })['type'], LeafText>> = {
  String: (value) => (typeof value === 'string' ? quoteUtf8(value) : undefined),
  ID: (value) => {
    if (typeof value === 'string') return quoteUtf8(value);
    return Number.isInteger(value) ? (`"${value}"` as Utf8) : undefined;
  },
  Int: (value) => (Number.isInteger(value) && value === ((value as number) | 0) ? (`${value}` as Utf8) : undefined),
  Float: (value) => (Number.isFinite(value) ? (`${value}` as Utf8) : undefined),
  Boolean: (value) => (typeof value === 'boolean' ? (`${value}` as Utf8) : undefined),
};
