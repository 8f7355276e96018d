import type { ValueShape } from '../operations/program.ts';
import { quote } from './json.ts';

/** Writes a value of a built-in scalar as JSON, by section 3.5 of the specification; undefined where it isn't one. */
export type LeafText = (value: unknown) => string | undefined;

export const leafTexts: Readonly<Record<(ValueShape & { readonly kind: 'leaf' })['type'], LeafText>> = {
  String: (value) => (typeof value === 'string' ? quote(value) : undefined),
  ID: (value) => {
    if (typeof value === 'string') return quote(value);
    return Number.isInteger(value) ? `"${value}"` : undefined;
  },
  Int: (value) => (Number.isInteger(value) && value === ((value as number) | 0) ? `${value}` : undefined),
  Float: (value) => (Number.isFinite(value) ? `${value}` : undefined),
  Boolean: (value) => (typeof value === 'boolean' ? `${value}` : undefined),
};
