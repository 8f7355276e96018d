import { createHash } from 'node:crypto';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { ApolloGateway } from '@apollo/gateway';
import { QueryPlanner, type QueryPlannerConfig } from '@apollo/query-planner';
import {
  GraphQLError,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
} from 'graphql';
import { CompositionError } from '../supergraph/errors.ts';
import { type ReadableSchema, readDocument } from './document.ts';
import { takeLiterals } from './literals.ts';
import { TooComplexError, UnplannableError } from './lower/errors.ts';
import { InterfaceFields } from './lower/interface-fields.ts';
import { introspect } from './lower/introspection.ts';
import { Joins } from './lower/joins.ts';
import { type CanonicalOperation, type LoweringSchema, lower } from './lower/lower.ts';
import { Requirements } from './lower/requirements.ts';
import { SupergraphTypes } from './lower/types.ts';
import { OperationRefusedError, type Refusal } from './refusal.ts';

/** What a text is. Plain data: it crosses to the serving process as it is. */
export type Reading =
  | { readonly kind: 'refused'; readonly errors: readonly Refusal[] }
  | {
      readonly kind: 'read';
      /**
       * sha256 of the chosen operation in its canonical form, that is without what doesn't matter to its program: literals,
       * white space, comments, other operations. Texts of one id have one program.
       */
      readonly id: string;
      /** The values of the literals that were taken out, by the names of the program's `literal` variables. */
      readonly literals: Readonly<Record<string, unknown>>;
    };

/** What a text's program is. `fault`: what the query planner itself failed of, for the log. */
export type Planning =
  | { readonly kind: 'refused'; readonly errors: readonly Refusal[]; readonly fault?: string }
  /** `program` is a `Program` as JSON. */
  | { readonly kind: 'planned'; readonly id: string; readonly program: string };

/** A text that was read, and what its planning needs. */
type Kept =
  | Extract<Reading, { kind: 'refused' }>
  | (Extract<Reading, { kind: 'read' }> & { readonly operation: CanonicalOperation });

/** How a planner treats what clients ask. */
export interface PlannerOptions {
  /** Whether clients may ask for the schema. @default true */
  readonly introspection?: boolean;
}

/** In characters of JSON: what the serving process compiles in one piece. */
const maxProgramLength = 2_000_000;

/**
 * How deep literals may nest. The serving process has a smaller stack, and calls itself for each level: to take the message apart in
 * which they come, where nobody could catch what is thrown, to measure them and to pass them on.
 */
const maxLiteralDepth = 1_000;

/** A text is usually planned right after it was read. */
const maxKept = 8;

/**
 * Makes programs from texts; it lives in a planning process, and all that it does is synchronous. For an unseen text, the serving
 * process first asks to `read` it (some milliseconds), and, where it has no program for the id that it gets, to `plan` it (up to
 * seconds). Both are given the text, and any planner of the same schema answers them the same, so a process may die in between; a
 * planner keeps the last few texts that it has read, so that they aren't read twice.
 */
export class Planner {
  readonly #readable: ReadableSchema;
  readonly #lowering: LoweringSchema;
  readonly #planOf: (operation: OperationDefinitionNode) => ReturnType<QueryPlanner['buildQueryPlan']>;
  readonly #kept = new Map<string, Kept>();

  /** `schema`: what clients see. */
  private constructor(sdl: string, schema: GraphQLSchema, { introspection = true }: PlannerOptions) {
    this.#readable = { schema, introspection };
    const document = parse(sdl, { noLocation: true });
    const types = new SupergraphTypes(document);
    const joins = new Joins(document, types);
    const requirements = new Requirements(sdl, document, types, joins);
    this.#lowering = { schema, types, joins, requirements, interfaceFields: new InterfaceFields(types, joins) };
    const supergraph = Supergraph.build(requirements.document, { validateSupergraph: false });
    const apiSchema = supergraph.apiSchema();
    const planner = new QueryPlanner(supergraph, plannerConfig);
    this.#planOf = (operation) => {
      const operationDocument = { kind: Kind.DOCUMENT, definitions: [operation] } as const;
      try {
        return planner.buildQueryPlan(operationFromDocument(apiSchema, operationDocument, { validate: false }));
      } catch (error) {
        throw planningError(error);
      }
    };
  }

  /** Loads a supergraph. Errors: CompositionError if it doesn't load. */
  static async load(sdl: string, options: PlannerOptions = {}): Promise<Planner> {
    // Apollo's gateway reports its use to Apollo unless it finds this when it is made.
    process.env.APOLLO_TELEMETRY_DISABLED = 'true';
    const apollo = new ApolloGateway({
      supergraphSdl: sdl,
      buildService: () => ({ process: () => Promise.reject(new Error('Only its schema is used.')) }),
      logger: silent,
      // The supergraph has just been composed. Without these two, NODE_ENV would decide.
      validateSupergraph: false,
      __exposeQueryPlanExperimental: false,
    });
    const { schema } = await apollo.load().catch((cause: Error) => {
      // What follows the first paragraph quotes the composed text, which nobody wrote.
      const reason = cause.message.split('\n\n', 1).join().replaceAll('\n', ' ');
      throw new CompositionError([`the composed supergraph can't be loaded: ${reason}`], { cause });
    });
    return new Planner(sdl, schema, options);
  }

  /** Parses, validates, chooses the operation and takes out its literals. */
  read(query: string, operationName: string | undefined): Reading {
    const kept = this.#read(query, operationName);
    return kept.kind === 'refused' ? kept : { kind: 'read', id: kept.id, literals: kept.literals };
  }

  /**
   * Plans and lowers: the program of the operation that `read` gives the id of.
   */
  plan(query: string, operationName: string | undefined): Planning {
    const kept = this.#read(query, operationName);
    if (kept.kind === 'refused') return kept;
    try {
      const program = JSON.stringify(lower(kept.operation, this.#planOf, this.#lowering));
      if (program.length > maxProgramLength) throw new TooComplexError('its program is too large');
      return { kind: 'planned', id: kept.id, program };
    } catch (error) {
      const errors = [refusalOf(error)];
      const cause = error instanceof Error && error.cause;
      return { kind: 'refused', errors, ...(cause instanceof Error && { fault: cause.message }) };
    }
  }

  /**
   * Answers a program's `introspection` operation: the value of its one field as JSON. Its variables are checked already. Errors:
   * OperationRefusedError.
   */
  introspect(query: string, variables: Readonly<Record<string, unknown>>): string {
    try {
      return introspect(this.#lowering.schema, query, variables);
    } catch (error) {
      throw new OperationRefusedError([refusalOf(error)], { cause: error });
    }
  }

  #read(query: string, operationName: string | undefined): Kept {
    // Nothing that a client may give as a name can pass for a part of another text.
    const key = JSON.stringify([operationName, query]);
    let known = this.#kept.get(key);
    if (!known) {
      known = this.#prepare(query, operationName);
      this.#kept.set(key, known);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
    }
    return known;
  }

  #prepare(query: string, operationName: string | undefined): Kept {
    const document = readDocument(this.#readable, query, operationName);
    if ('errors' in document) return { kind: 'refused', errors: document.errors };
    const { document: canonical, definitions, values } = takeLiterals(this.#lowering.schema, document);
    if (nestsDeeper(values, maxLiteralDepth)) return { kind: 'refused', errors: [tooDeep] };
    const text = stripIgnoredCharacters(print(canonical));
    const literals = new Set(definitions.map(({ variable }) => variable.name.value));
    // The program says where the text defines its variables.
    const places = document.definitions[0].variableDefinitions?.map(({ loc }) => [
      loc?.startToken.line,
      loc?.startToken.column,
    ]);
    const id = createHash('sha256')
      .update(`${text}\n${places?.join(' ') ?? ''}\n${[...literals].join(' ')}`)
      .digest('hex');
    return { kind: 'read', id, literals: values, operation: { document: canonical, text, literals } };
  }
}

function refusalOf(error: unknown): Refusal {
  // Only introspection is executed here, and all that may be wrong with it is what variables hold.
  if (error instanceof GraphQLError) return refusal(error.message, 'BAD_USER_INPUT');
  if (error instanceof TooComplexError)
    return refusal(`The operation is too complex: ${error.message}.`, 'OPERATION_TOO_COMPLEX');
  // Lowering, too, calls itself for each level of nesting.
  if (error instanceof RangeError) return tooDeep;
  if (!(error instanceof UnplannableError)) throw error;
  return refusal(`The operation can't be answered: ${error.message}.`, 'OPERATION_NOT_ANSWERABLE');
}

const tooDeep = refusal('The operation is nested too deeply.', 'OPERATION_TOO_COMPLEX');

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels < 0 || Object.values(value).some((each) => nestsDeeper(each, levels - 1));
}

function refusal(message: string, code: string): Refusal {
  return { message, extensions: { code } };
}

/** What a failure of the planner says of the operation; its own words, which may name what clients don't see, are the cause. */
function planningError(cause: unknown): Error {
  if (cause instanceof RangeError) return new TooComplexError('it can be planned in too many ways', { cause });
  const reason = cause instanceof Error ? cause.message : String(cause);
  // The names of fields follow, so only the beginning tells.
  if (/^(Too many options|Number of non-local selections exceeds)/.test(reason))
    return new TooComplexError('the query planner gave up on it', { cause });
  return new UnplannableError('the query planner finds no way to do it', { cause });
}

/**
 * What the planner is told. Made-up fragments (`generateQueryFragments`) make most texts longer (the customer view's 1,500 characters
 * instead of 1,276) and planning slower by a fifth; the client's own are written out before.
 */
const plannerConfig: QueryPlannerConfig = {
  // The documents of fetches are looked into; so they needn't be parsed again.
  exposeDocumentNodeInFetchNode: true,
  reuseQueryFragments: false,
  generateQueryFragments: false,
  incrementalDelivery: { enableDefer: false },
};

const silent = { debug() {}, info() {}, warn() {}, error() {} };
