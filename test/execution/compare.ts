import assert from 'node:assert/strict';
import type { Answer, AnswerError, ClientRequest } from './executor.ts';
import { stable } from './hash.ts';

/** Fails unless two answers hold the same data, with a message from which the case can be made again. */
export function assertSameData(request: ClientRequest, ours: Answer, other: Answer, name: string): void {
  if (stable(ours.data) === stable(other.data)) return;
  assert.fail(`${described(request)}\nGiven: ${JSON.stringify(ours)}\n${name}: ${JSON.stringify(other)}`);
}

/** Fails unless the answers are the same: equal data and errors, and keys in the same order. */
export function assertSameAnswer(request: ClientRequest, ours: Answer, other: Answer, name: string): void {
  assertSameData(request, ours, other, name);
  if (JSON.stringify(ours) === JSON.stringify(other)) return;
  assert.fail(
    `${described(request)}\nThe errors or the order of keys differ.\nGiven: ${JSON.stringify(ours)}\n${name}: ${JSON.stringify(other)}`,
  );
}

/** Fails unless every error has a message and a code, and a path that leads to a null or to something that is there. */
export function assertErrorsFit(request: ClientRequest, { data, errors = [] }: Answer): void {
  for (const error of errors) {
    const fits = error.message && typeof error.extensions?.code === 'string' && isThere(data, error);
    if (!fits) assert.fail(`${described(request)}\n${JSON.stringify(error)} fits nothing in ${JSON.stringify(data)}`);
  }
}

function isThere(data: unknown, { path }: AnswerError): boolean {
  let value = data;
  for (const key of path ?? []) {
    if (value === null || value === undefined) return value === null;
    value = (value as Record<string | number, unknown>)[key];
  }
  return value !== undefined;
}

function described({ query, variables, spoilt }: ClientRequest): string {
  return `${spoilt ? 'With subgraphs that misbehave: ' : ''}${query}\n${JSON.stringify(variables)}`;
}
