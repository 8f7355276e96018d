import type { WSDL } from 'soap';
import { InputError } from '../../errors.ts';

const integers = [
  ...['byte', 'short', 'int', 'long', 'integer', 'unsignedByte', 'unsignedShort', 'unsignedInt', 'unsignedLong'],
  ...['positiveInteger', 'nonNegativeInteger', 'negativeInteger', 'nonPositiveInteger'],
];
const texts = ['decimal', 'date', 'dateTime', 'time'];

type ReadValue = (text: string) => unknown;

/**
 * How the library is to read text by its XML schema type: decimals, dates and integers that a JavaScript number can't hold
 * stay text. It looks a type up by its local name, so types that are restrictions of these are listed too.
 */
export function valueReaders({ definitions }: WSDL): Readonly<Record<string, ReadValue>> {
  const readers: Record<string, ReadValue> = {
    ...Object.fromEntries(integers.map((name) => [name, integer])),
    ...Object.fromEntries(texts.map((name) => [name, same])),
  };
  for (const { types } of Object.values(definitions.schemas)) {
    for (const [name, type] of Object.entries(types)) {
      const base = baseOf(String(type.description(definitions)));
      if (!Object.hasOwn(readers, name) && integers.includes(base)) readers[name] = integer;
    }
  }
  return readers;
}

/** The local name of the built-in type behind the library's description of a type: `Amount|xs:decimal|…` is a decimal. */
export function baseOf(description: string): string {
  const names = description.split('|').map((part) => part.replace(/^.*:/, ''));
  return names.slice(0, 2).find((name) => builtIn.has(name)) ?? '';
}

const builtIn = new Set([...integers, ...texts, 'string', 'token', 'normalizedString', 'boolean', 'double', 'float']);

/** Parameters whose text is ready to stand in XML. Errors: InputError for characters that XML 1.0 doesn't have. */
export function escaped(parameters: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(parameters).map(([name, value]) => [name, escapedValue(value)]));
}

function escapedValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(escapedValue);
  if (typeof value === 'bigint') return String(value);
  return typeof value === 'string' ? escapedText(value) : value;
}

function escapedText(text: string): string {
  if (/[^\P{Cc}\t\n\r]|[\uFFFE\uFFFF]/u.test(text) || !text.isWellFormed()) {
    throw new InputError("A value holds characters that can't be looked for.");
  }
  return text.replace(/[&<>"'\t\n\r]/g, (character) => `&#${character.charCodeAt(0)};`);
}

function integer(text: string): unknown {
  const number = Number(text);
  return Number.isSafeInteger(number) ? number : text;
}

function same(text: string): unknown {
  return text;
}

/** The value of an element: its text where it also has attributes; undefined where it is empty. */
export function contentOf(element: unknown): unknown {
  if (typeof element !== 'object' || element === null || !('attributes' in element)) return element;
  return '$value' in element ? element.$value : undefined;
}
