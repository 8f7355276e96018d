import type { DocumentNode } from 'graphql';
import type { LimitSettings } from '../../config-file.ts';
import type { Refusal } from '../refusal.ts';
import { exceeded } from './exceeded.ts';
import { measure } from './structure.ts';

/** How large a document may be. */
export type DocumentLimits = Pick<
  LimitSettings,
  'tokens' | 'depth' | 'aliases' | 'root_fields' | 'directives' | 'fields' | 'list_items' | 'input_depth'
>;

/**
 * The first limit that a document exceeds. It comes before validation, some of whose rules take the square of what they
 * look at; it takes a step for each node. Fragments are held to the limits like operations, as they are validated like
 * them.
 */
export function checkDocument(document: DocumentNode, limits: DocumentLimits): Refusal | undefined {
  const { depth, aliases, rootFields, directives, fields, listItems, inputDepth } = measure(document);
  const checks = [
    ['depth', depth, `The operation is nested ${depth} levels deep`],
    ['aliases', aliases, `The operation has ${aliases} aliases`],
    ['root_fields', rootFields, `The operation has ${rootFields} root fields`],
    ['directives', directives, `The operation has ${directives} directives`],
    ['fields', fields, `With its fragments in place the operation has ${fields} fields`],
    ['list_items', listItems, `A list in the operation has ${listItems} items`],
    ['input_depth', inputDepth, `Lists and objects in the operation's arguments are nested ${inputDepth} levels deep`],
  ] as const;
  for (const [limit, value, what] of checks) {
    if (value > limits[limit]) return exceeded(what, limit, value, limits[limit]);
  }
  return undefined;
}

/** What is said of a text with too many tokens: they aren't counted to the end. */
export function tooManyTokens(maximum: number): Refusal {
  return exceeded(`The operation has more than ${maximum} tokens`, 'tokens', maximum + 1, maximum);
}
