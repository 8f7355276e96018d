import type { FastifyReply } from 'fastify';
import { bytesOf } from '../execution/utf8.ts';
import { guarded, type HttpAnswer } from './refusal.ts';

/** Sends an answer by Fastify, with what every answer carries. */
export function sendAnswer(reply: FastifyReply, { status, headers, body }: HttpAnswer): FastifyReply {
  for (let i = 0; i < headers.length; i += 2) reply.header(headers[i] ?? '', headers[i + 1]);
  for (let i = 0; i < guarded.length; i += 2) reply.header(guarded[i] ?? '', guarded[i + 1]);
  return reply.code(status).header('x-request-id', reply.request.id).send(bytesOf(body));
}
