import { type Utf8, utf8 } from '../execution/utf8.ts';
import type { Refusal } from '../operations/refusal.ts';
import type { AnswerType } from './accept.ts';
import type { HttpAnswer } from './refusal.ts';

const headersOf: Readonly<Record<AnswerType, HttpAnswer['headers']>> = {
  'application/json': ['content-type', 'application/json; charset=utf-8'],
  'application/graphql-response+json': ['content-type', 'application/graphql-response+json; charset=utf-8'],
};

/** The answer of an operation that ran. */
export function answered(type: AnswerType, body: Utf8): HttpAnswer {
  return { status: 200, headers: headersOf[type], body };
}

/**
 * The answer for an operation that wasn't run. "GraphQL over HTTP", section 6.4: as application/json its status is 200, since what
 * is no server may answer that type, too; the newer type tells by the status. An operation that exceeds a limit was no operation to
 * look at: 400 in both.
 */
export function unrun(type: AnswerType, errors: readonly Refusal[]): HttpAnswer {
  const exceeding = errors.find(({ extensions }) => extensions.limit !== undefined);
  const status = type === 'application/json' && !exceeding ? 200 : 400;
  const { code = 'BAD_REQUEST', limit } = (exceeding ?? errors[0])?.extensions ?? {};
  const refused = { code, limit, errors: errors.length };
  return { status, headers: headersOf[type], body: utf8(JSON.stringify({ errors })), refused };
}
