import { createHash } from 'node:crypto';
import { operationFromDocument, Supergraph } from '@apollo/federation-internals';
import { ApolloGateway } from '@apollo/gateway';
import { QueryPlanner, type QueryPlannerConfig } from '@apollo/query-planner';
import {
  type DocumentNode,
  type GraphQLSchema,
  Kind,
  type OperationDefinitionNode,
  parse,
  print,
  stripIgnoredCharacters,
} from 'graphql';
import { defaultConfigFile, type LimitSettings } from '../config-file.ts';
import { CompositionError } from '../supergraph/errors.ts';
import { readCostDirectives } from './cost/directives.ts';
import type { CostExpression } from './cost/expression.ts';
import { type WeighOptions, weigh } from './cost/weigh.ts';
import { type ReadableSchema, readDocument } from './document.ts';
import { takeLiterals } from './literals.ts';
import { TooComplexError } from './lower/errors.ts';
import { expand } from './lower/expand.ts';
import { InterfaceFields } from './lower/interface-fields.ts';
import { introspect } from './lower/introspection.ts';
import { Joins } from './lower/joins.ts';
import { type CanonicalOperation, type LoweringSchema, lower } from './lower/lower.ts';
import { Requirements } from './lower/requirements.ts';
import { type GuardedField, guardedFields, placesOfRules, type RulePlaces } from './lower/rules/explain.ts';
import { Refusals } from './lower/rules/refusals.ts';
import { SchemaRules } from './lower/rules/schema-rules.ts';
import { touchedRules } from './lower/rules/touched.ts';
import { withhold } from './lower/rules/withhold.ts';
import { SupergraphTypes } from './lower/types.ts';
import { planningError, refusalOf } from './planning-errors.ts';
import { withoutEnforcedPurposes } from './purposes.ts';
import { OperationRefusedError, type Refusal, tooDeep } from './refusal.ts';
import type { Denied, Rule } from './rule.ts';

/** What a text is. Plain data: it crosses to the serving process as it is. */
export type Reading =
  | { readonly kind: 'refused'; readonly errors: readonly Refusal[] }
  | {
      readonly kind: 'read';
      /**
       * sha256 of the chosen operation in its canonical form, that is without what doesn't matter to its program: literals,
       * white space, comments, other operations; and of those denied rules that do matter. Texts of one id have one program.
       */
      readonly id: string;
      /** The values of the literals that were taken out, by the names of the program's `literal` variables. */
      readonly literals: Readonly<Record<string, unknown>>;
      /** What it costs. */
      readonly cost: CostExpression;
    };

/** What a text's program is. `fault`: what the query planner itself failed of, for the log. */
export type Planning =
  | { readonly kind: 'refused'; readonly errors: readonly Refusal[]; readonly fault?: string }
  /** `program` is a `Program` as JSON. */
  | { readonly kind: 'planned'; readonly id: string; readonly program: string };

/** What guards an operation. `name`: as its text has it. */
export type Explanation =
  | { readonly kind: 'refused'; readonly errors: readonly Refusal[] }
  | {
      readonly kind: 'explained';
      readonly operation: 'query' | 'mutation' | 'subscription';
      readonly name: string | undefined;
      readonly fields: readonly GuardedField[];
    };

/** A text that was read, and what its planning needs. */
type Kept =
  | Extract<Reading, { kind: 'refused' }>
  | (Extract<Reading, { kind: 'read' }> & { readonly operation: CanonicalOperation; readonly refusals: Refusals });

/** How a planner treats what clients ask. */
export interface PlannerOptions {
  /** Whether clients may ask for the schema. @default true */
  readonly introspection?: boolean;
  /** What an operation may be. @default as where gateway.yaml says nothing */
  readonly limits?: LimitSettings;
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
  readonly #limits: LimitSettings;
  readonly #weighing: WeighOptions;
  readonly #lowering: LoweringSchema;
  readonly #planOf: (operation: OperationDefinitionNode) => ReturnType<QueryPlanner['buildQueryPlan']>;
  readonly #kept = new Map<string, Kept>();

  /** `schema`: what clients see. */
  private constructor(
    sdl: string,
    document: DocumentNode,
    schema: GraphQLSchema,
    { introspection = true, limits = defaultConfigFile.limits }: PlannerOptions,
  ) {
    this.#readable = { schema, introspection };
    this.#limits = limits;
    this.#weighing = { schema, costs: readCostDirectives(document), listSize: limits.list_size };
    const types = new SupergraphTypes(document);
    const joins = new Joins(document, types);
    const requirements = new Requirements(sdl, document, types, joins);
    const interfaceFields = new InterfaceFields(types, joins);
    const supergraph = Supergraph.build(requirements.document, { validateSupergraph: false });
    const rules = new SchemaRules(document, supergraph.schema.coreFeatures);
    this.#lowering = { schema, types, joins, requirements, interfaceFields, rules };
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
    const document = withoutEnforcedPurposes(parse(sdl, { noLocation: true }));
    // Apollo's gateway reports its use to Apollo unless it finds this when it is made.
    process.env.APOLLO_TELEMETRY_DISABLED = 'true';
    const apollo = new ApolloGateway({
      supergraphSdl: print(document),
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
    return new Planner(sdl, document, schema, options);
  }

  /** The rules of the schema. */
  get rules(): readonly Rule[] {
    return this.#lowering.rules.all;
  }

  /** The rules of the schema, each with the types and fields where it stands. */
  get rulePlaces(): readonly RulePlaces[] {
    return placesOfRules(this.#lowering);
  }

  /** Which rules decide about each field of an operation, whoever asks. */
  explain(query: string, operationName: string | undefined): Explanation {
    const document = readDocument(this.#readable, query, operationName, this.#limits);
    if ('errors' in document) return { kind: 'refused', errors: document.errors };
    const [{ operation, name }] = document.definitions;
    try {
      const fields = guardedFields(expand(document), this.#lowering);
      return { kind: 'explained', operation, name: name?.value, fields };
    } catch (error) {
      return { kind: 'refused', errors: [refusalOf(error)] };
    }
  }

  /** Parses, validates, chooses the operation and takes out its literals. */
  read(query: string, operationName: string | undefined, denied: Denied = ''): Reading {
    const kept = this.#read(query, operationName, denied);
    return kept.kind === 'refused' ? kept : { kind: 'read', id: kept.id, literals: kept.literals, cost: kept.cost };
  }

  /**
   * Plans and lowers: the program of the operation that `read` gives the id of.
   */
  plan(query: string, operationName: string | undefined, denied: Denied = ''): Planning {
    const kept = this.#read(query, operationName, denied);
    if (kept.kind === 'refused') return kept;
    try {
      const program = JSON.stringify({
        ...lower(kept.operation, this.#planOf, this.#lowering, kept.refusals),
        cost: kept.cost,
      });
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

  #read(query: string, operationName: string | undefined, denied: Denied): Kept {
    // Nothing that a client may give as a name can pass for a part of another text.
    const key = JSON.stringify([denied, operationName, query]);
    let known = this.#kept.get(key);
    if (!known) {
      known = this.#prepare(query, operationName, denied);
      this.#kept.set(key, known);
      const [oldest] = this.#kept.keys();
      if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
    }
    return known;
  }

  #prepare(query: string, operationName: string | undefined, denied: Denied): Kept {
    const document = readDocument(this.#readable, query, operationName, this.#limits);
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
    const { rules } = this.#lowering;
    const touched = touchedRules(document, new Set(denied.split(',')), this.#lowering);
    const id = createHash('sha256')
      .update(`${touched}\n${text}\n${places?.join(' ') ?? ''}\n${[...literals].join(' ')}`)
      .digest('hex');
    const operation = { document: canonical, text, literals };
    // Not all that are denied: what decides about the program is what its id was made of.
    const refusals = new Refusals(rules, new Set(touched));
    try {
      const allowed = withhold(expand(canonical), refusals, this.#lowering);
      const cost = allowed ? weigh(allowed, this.#weighing) : free;
      return { kind: 'read', id, literals: values, cost, operation, refusals };
    } catch (error) {
      return { kind: 'refused', errors: error instanceof OperationRefusedError ? error.errors : [refusalOf(error)] };
    }
  }
}

/** Of an operation of which nothing is left to do. */
const free: CostExpression = { terms: [], total: 0, inputs: {}, objects: [{ weight: 0, fields: [] }], root: 0 };

function nestsDeeper(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return levels < 0 || Object.values(value).some((each) => nestsDeeper(each, levels - 1));
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
