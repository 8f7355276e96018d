import type { SubgraphResponse } from '../../gateway/transport/transport.ts';
import type { Answer, ClientRequest } from './executor.ts';
import { createJunction } from './junction.ts';
import { composeTest } from './supergraphs/compose.ts';

/** What a subgraph answers: always the same, or by the query and its variables. It may throw. */
export type Scripted =
  | SubgraphResponse
  | ((query: string, variables: Readonly<Record<string, never>>) => SubgraphResponse);

/** A question for subgraphs with scripted answers. */
export interface Question extends Partial<ClientRequest> {
  readonly query: string;
  /** By the subgraph's name. */
  readonly answers: Readonly<Record<string, Scripted>>;
}

/** Asks a supergraph whose subgraphs answer as the question says. */
export interface Asker {
  ask(question: Question): Promise<Answer>;
  /** The queries of the last question, as `subgraph: text`. */
  readonly fetched: readonly { readonly subgraph: string; readonly query: string; readonly variables: object }[];
  close(): Promise<void>;
}

/** Starts Junction's executor on subgraphs whose schemas are given and whose answers come with each question. */
export async function startAsker(subgraphs: Readonly<Record<string, string>>): Promise<Asker> {
  let answers: Question['answers'] = {};
  const fetched: { subgraph: string; query: string; variables: object }[] = [];
  const junction = await createJunction(composeTest({ subgraphs }), async (subgraph, query, variables) => {
    fetched.push({ subgraph, query, variables });
    const answer = answers[subgraph];
    if (!answer) throw new Error(`${subgraph} should not be asked ${query}`);
    return structuredClone(typeof answer === 'function' ? answer(query, variables as never) : answer);
  });
  return {
    ask({ query, variables = {}, answers: next }) {
      answers = next;
      fetched.length = 0;
      return junction.run({ query, variables });
    },
    fetched,
    close: () => junction.close(),
  };
}
