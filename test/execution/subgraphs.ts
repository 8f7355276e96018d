import { type DocumentNode, execute, type GraphQLError, parse, validate, visit } from 'graphql';
import type { SubgraphResponse } from '../../gateway/transport/transport.ts';
import { stable } from './hash.ts';
import type { Request, World } from './world.ts';

/** Changes what a subgraph answers. */
export type Mischief = (
  subgraph: string,
  query: DocumentNode,
  variables: Readonly<Record<string, unknown>>,
  response: SubgraphResponse,
) => SubgraphResponse;

/** The subgraphs of a world, run by graphql-js and @apollo/subgraph inside the process. */
export class Subgraphs {
  readonly #world: World;
  readonly #mischief: Mischief | undefined;
  readonly #validates: boolean;
  readonly #requests = new Map<string, Request>();
  readonly #documents = new Map<string, DocumentNode>();
  /** What no gateway may do: queries that aren't valid, variables that don't fit. */
  readonly faults: string[] = [];
  /** What was asked since it was emptied: which entities and root fields of which subgraph, whatever for. */
  readonly asked = new Set<string>();

  /** `validates`: what it is asked, which takes as long as answering. */
  constructor(world: World, mischief?: Mischief, validates = true) {
    this.#validates = validates;
    this.#world = world;
    this.#mischief = mischief;
  }

  get names(): readonly string[] {
    return [...this.#world.catalogue.schemas.keys()];
  }

  async answer(
    subgraph: string,
    requestId: string,
    query: string,
    variables: Record<string, unknown>,
  ): Promise<SubgraphResponse> {
    const schema = this.#world.catalogue.schemas.get(subgraph);
    if (!schema) throw new Error(`There is no ${subgraph}`);
    const document = this.#document(subgraph, query);
    const { representations } = variables;
    if (Array.isArray(representations))
      for (const each of representations) this.asked.add(`${subgraph} ${stable(each)}`);
    else this.asked.add(`${subgraph} ${rootFields(document)}`);
    const result = await execute({
      schema,
      document,
      variableValues: variables,
      contextValue: this.#request(requestId),
      fieldResolver: this.#world.resolverOf(subgraph) as never,
    });
    if (!('data' in result)) this.faults.push(`${subgraph}: ${result.errors?.map(String)}: ${query}`);
    const copy = JSON.parse(JSON.stringify(result)) as SubgraphResponse;
    return this.#mischief && requestId.startsWith('spoilt')
      ? this.#mischief(subgraph, document, variables, copy)
      : copy;
  }

  /** Forgets a request. */
  end(requestId: string): void {
    this.#requests.delete(requestId);
  }

  #request(id: string): Request {
    const request = this.#requests.get(id) ?? { history: [] };
    this.#requests.set(id, request);
    return request;
  }

  #document(subgraph: string, query: string): DocumentNode {
    const key = `${subgraph}: ${query}`;
    const known = this.#documents.get(key);
    if (known) return known;
    const document = parse(query);
    const schema = this.#world.catalogue.schemas.get(subgraph);
    const errors: readonly GraphQLError[] = schema && this.#validates ? validate(schema, document) : [];
    if (errors.length > 0) this.faults.push(`${key}: ${errors.map(String)}`);
    if (this.#documents.size > 1000) this.#documents.clear();
    this.#documents.set(key, document);
    return document;
  }
}

function rootFields(document: DocumentNode): string {
  const names: string[] = [];
  visit(document, {
    Field(field) {
      names.push(field.name.value);
      return false;
    },
  });
  return names.sort().join();
}
