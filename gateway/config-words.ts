import type { z } from 'zod';
import { withoutSecrets } from './telemetry/logged-error.ts';

// What is wrong with gateway.yaml, in plain words: what was expected and what came.

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'settings below it',
  record: 'names with values below it',
};

/** What was expected, where the setting itself doesn't say it. */
export function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${kinds[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `expected ${issue.values.length > 1 ? 'one of ' : ''}${issue.values.join(', ')}`;
    case 'too_small':
      return issue.origin === 'array'
        ? 'expected a list of at least one'
        : `expected ${kinds[issue.origin]} that isn't empty`;
    case 'invalid_key':
      return "expected a name that isn't empty";
    default:
      return undefined;
  }
}

/** A fault as a sentence. One that ends with a point says all itself; to others is added what came, as far as it can't be a secret. */
export function sentence(where: readonly string[], { message, input }: z.core.$ZodIssue): string {
  return message.endsWith('.') ? message : `${message}, got ${shown(where, input)}.`;
}

/** Longer texts are keys and certificates rather than settings. */
const longestShown = 60;

function shown(where: readonly string[], value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list';
  if (typeof value === 'object') return 'settings below it';
  // The name of a variable is expected there, in place of which somebody may have written what the variable should hold.
  if (where.some((name) => /secret|password/i.test(name))) return typeof value === 'string' ? 'a text' : 'a number';
  if (typeof value !== 'string') return String(value);
  if (value === '') return 'an empty text';
  // User, path and query of a URL may hold anything.
  if (value.includes('://')) return URL.canParse(value) ? `"${schemeAndHost(new URL(value))}"` : 'a URL that is none';
  return value.length > longestShown || value.includes('@') ? 'a text' : JSON.stringify(withoutSecrets(value));
}

function schemeAndHost({ protocol, host }: URL): string {
  return `${protocol}//${host}`;
}
