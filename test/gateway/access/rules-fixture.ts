import { buildSubgraphSchema } from '@apollo/subgraph';
import { defaultFieldResolver, type GraphQLFormattedError, isObjectType, parse } from 'graphql';
import { openAccess } from '../../../gateway/access/access.ts';
import type { Caller } from '../../../gateway/access/caller.ts';
import type { TokenVerifier } from '../../../gateway/access/identity/credential.ts';
import { type AuthorizationSettings, defaultConfigFile } from '../../../gateway/config-file.ts';
import { createServer } from '../../../gateway/server.ts';
import { compose, type Supergraph } from '../../../gateway/supergraph/compose.ts';
import { createGateway, type Gateway } from '../../../gateway/supergraph/gateway.ts';
import { createLog } from '../../../gateway/telemetry/log.ts';
import { inProcessTransport } from '../../../gateway/transport/in-process.ts';
import { embedded } from '../fixture.ts';

/** A subgraph of a test. */
export interface RuledSubgraph {
  /** But for the link to Federation. */
  readonly sdl: string;
  /** What the subgraph itself knows, where Apollo's library for subgraphs doesn't know all of the above. */
  readonly served?: string;
  readonly resolvers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** An answer with its status. */
export interface RuledAnswer {
  readonly status: number;
  readonly data?: unknown;
  readonly errors?: readonly GraphQLFormattedError[];
}

/** A gateway whose rules hold. */
export interface Ruled {
  readonly gateway: Gateway;
  /** Asks as somebody with scopes: `a` or `a.b`, `none` for somebody without any; undefined without a credential. */
  ask(query: string, scopes?: string, variables?: Record<string, unknown>): Promise<RuledAnswer>;
  /** The fields that subgraphs have given since this was last asked, such as `films Film.title`, in alphabetical order. */
  given(): string[];
  close(): Promise<void>;
}

/** Everything that there is to import. */
export const link = `extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key", "@shareable", "@external", "@requires",
  "@interfaceObject", "@authenticated", "@requiresScopes", "@policy"])\n`;

/** Composes subgraphs. `head`: the links of those that don't have the usual ones. */
export function composed(subgraphs: Readonly<Record<string, RuledSubgraph>>): Supergraph {
  return compose(
    Object.entries(subgraphs).map(([name, { sdl }]) => ({
      name,
      url: `http://${name}.test/graphql`,
      where: `${name}.graphql`,
      sdl: withLink(sdl),
    })),
  );
}

/** Runs a gateway on a free port. */
export async function ruled(
  subgraphs: Readonly<Record<string, RuledSubgraph>>,
  authorization: Partial<AuthorizationSettings> = {},
): Promise<Ruled> {
  const given = new Set<string>();
  const log = createLog({ level: 'silent' });
  const gateway = await createGateway({
    supergraph: composed(subgraphs),
    transport: (name) => inProcessTransport(embedded(watched(name, subgraphs[name] as RuledSubgraph, given))),
    log,
    fetchTimeoutMs: 5_000,
  });
  const access = await openAccess({
    file: { ...defaultConfigFile, authorization: { ...defaultConfigFile.authorization, ...authorization } },
    authentication: true,
    anonymous: true,
    issuers: byScopes(),
    log,
  });
  const server = createServer({ access, gateway, log, requestTimeoutMs: 10_000 });
  const origin = await server.listen({ host: '127.0.0.1', port: 0 });
  return {
    gateway,
    async ask(query, scopes, variables = {}) {
      const response = await fetch(`${origin}/graphql`, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(scopes !== undefined && { authorization: `Bearer ${scopes}` }),
        },
        body: JSON.stringify({ query, variables }),
      });
      return { status: response.status, ...((await response.json()) as object) };
    },
    given() {
      const all = [...given].sort();
      given.clear();
      return all;
    },
    close: () => server.close(),
  };
}

/** The errors as paths with messages. */
export function told({ errors = [] }: RuledAnswer): string[] {
  return errors.map(({ path = [], message }) => `${path.join('.')}: ${message}`).sort();
}

function withLink(sdl: string): string {
  return sdl.includes('@link') ? sdl : link + sdl;
}

/** A subgraph's schema, with a note of each field that it gives. */
function watched(name: string, { sdl, served = sdl, resolvers = {} }: RuledSubgraph, given: Set<string>) {
  const schema = buildSubgraphSchema([{ typeDefs: parse(withLink(served)), resolvers: resolvers as never }]);
  for (const type of Object.values(schema.getTypeMap())) {
    if (!isObjectType(type) || type.name.startsWith('_')) continue;
    for (const field of Object.values(type.getFields())) {
      const { resolve = defaultFieldResolver } = field;
      field.resolve = (...args) => {
        if (!field.name.startsWith('_')) given.add(`${name} ${type.name}.${field.name}`);
        return resolve(...args);
      };
    }
  }
  return schema;
}

/** A token says which scopes its caller has. */
function byScopes(): TokenVerifier {
  const callers = new Map<string, Caller>();
  return {
    verify(token) {
      const scopes = token === 'none' ? [] : token.split('.');
      const caller = callers.get(token) ?? {
        id: token,
        kind: 'token',
        claims: { sub: token },
        scopes: new Set(scopes),
      };
      callers.set(token, caller);
      return caller;
    },
    close() {},
  };
}
