import type { IncomingMessage } from 'node:http';
import type { FastifyInstance } from 'fastify';
import type { Access } from '../access/access.ts';
import { isOperator, operatorScope } from '../access/operator.ts';
import { type HttpAnswer, refusal } from '../http/refusal.ts';
import { sendAnswer } from '../http/reply.ts';
import type { Gateway } from '../supergraph/gateway.ts';
import type { SupergraphStatus } from '../supergraph/status.ts';
import type { Counting } from './counting.ts';
import { reportSystems } from './systems.ts';

/** What operators are told, and who they are. */
export interface OperatorOptions {
  /** Whether they have to prove that they are operators. */
  readonly production: boolean;
  /** Undefined with METRICS=off. */
  readonly counting?: Counting | undefined;
}

/** What telling them needs of the server. */
export interface OperatorRoutes extends OperatorOptions {
  readonly access: Pick<Access, 'admission'>;
  /** Undefined while there is none. */
  readonly gateway: () => Gateway | undefined;
  readonly supergraph: () => SupergraphStatus | undefined;
}

/**
 * `/metrics` for Prometheus and `/systems.json` for the console's page, as `SystemsReport` says. Both are for operators (see `isOperator`),
 * who pass the same limits as whoever asks /graphql. In development everybody is one whom the server answers at all (`http/hosts.ts`).
 */
export function serveOperators(app: FastifyInstance, options: OperatorRoutes): void {
  const { access, production, counting } = options;
  app.register(async (routes) => {
    routes.addHook('onRequest', async (request, reply) => {
      const refused = await enter(request.raw);
      if (refused) return sendAnswer(reply, refused);
      reply.headers({ 'cache-control': 'private, no-store', 'x-content-type-options': 'nosniff' });
    });

    routes.get('/metrics', async (request, reply) => {
      if (!counting) return sendAnswer(reply, off);
      // Its library is only there where something is counted.
      const { formOf } = await import('./metrics-text.ts');
      const { type, text } = await counting.metrics(formOf(request.headers.accept));
      return reply.header('content-type', type).send(text);
    });

    routes.get('/systems.json', async (_request, reply) => {
      const gateway = options.gateway();
      if (!gateway) return sendAnswer(reply, refusal(503, ['retry-after', '1']));
      const { hours, workers } = (await counting?.hours()) ?? { hours: [], workers: { answering: 1, missing: 0 } };
      return reportSystems({ gateway, status: options.supergraph(), hours, workers });
    });
  });

  async function enter(request: IncomingMessage): Promise<HttpAnswer | undefined> {
    const admitted = await access.admission.admit(request.headers, request.socket);
    if ('status' in admitted) return admitted;
    if (isOperator(admitted.caller, production)) {
      // It is over when it is answered, and when its client goes away, which may have been before this.
      if (request.destroyed) admitted.leave();
      else request.once('close', admitted.leave);
      return undefined;
    }
    admitted.leave();
    return admitted.caller.kind === 'anonymous' ? nobody : notOperator;
  }
}

const expected = `a caller with the scope ${operatorScope}, such as an API key of "npm run keys -- create prometheus --scopes ${operatorScope}" as a bearer token`;

const nobody = refusal(401, ['www-authenticate', 'Bearer realm="junction"'], {
  code: 'UNAUTHENTICATED',
  message: `This is for operators. Expected ${expected}.`,
});

const notOperator = refusal(403, [], {
  code: 'FORBIDDEN',
  message: `This is for operators. Expected ${expected}; got a caller without that scope.`,
});

const off = refusal(404, [], { code: 'NOT_FOUND', message: 'Nothing is counted: METRICS=off.' });
