/** What the graph answered. */
export interface Answer<Data> {
  readonly data: Data | null;
  readonly errors: readonly GraphError[];
  /** Which subgraphs were read, and when. */
  readonly sources: readonly SourceRead[];
  readonly extensions: Readonly<Record<string, unknown>>;
  /** When it came. */
  readonly at: Date;
  /** Under which the gateway's log has it. */
  readonly requestId: string;
}

/** One subgraph's part in an answer: `extensions.sources`. */
export interface SourceRead {
  readonly subgraph: string;
  /** ISO 8601; undefined where it was asked and no answer came. */
  readonly readAt?: string;
  readonly ms: number;
  readonly code?: string;
}

/** An error of a field, or of the whole operation where it has no path. */
export interface GraphError {
  readonly message: string;
  readonly path?: readonly (string | number)[];
  readonly extensions?: { readonly code?: string; readonly serviceName?: string };
}

/** Why one part of an answer isn't there. */
export type Gap =
  /** The caller may not see it. */
  | { readonly kind: 'forbidden'; readonly message: string }
  /** Its system didn't answer in time. */
  | { readonly kind: 'slow'; readonly subgraph: string | undefined; readonly message: string }
  /** Its system can't be reached, or failed. */
  | { readonly kind: 'down'; readonly subgraph: string | undefined; readonly message: string };

/**
 * What is missing below a place of an answer, such as `customer.orders`: its most telling error, one of a system before one of rights.
 * List indices in paths are skipped. Undefined where nothing is missing.
 */
export function gapAt({ errors }: Pick<Answer<unknown>, 'errors'>, ...places: readonly string[]): Gap | undefined {
  return worstOf(errors.filter((error) => places.some((place) => isAbove(error, place) || isBelow(error, place))));
}

/** Why one field of an answer is null, or any of some: the error of itself, or of what it is in. Errors of what is in it don't make it null. */
export function gapOfField({ errors }: Pick<Answer<unknown>, 'errors'>, ...places: readonly string[]): Gap | undefined {
  return worstOf(errors.filter((error) => places.some((place) => isAbove(error, place))));
}

function worstOf(errors: readonly GraphError[]): Gap | undefined {
  const gaps = errors.map(gapOf);
  return gaps.find(({ kind }) => kind !== 'forbidden') ?? gaps[0];
}

/** Whether an error is of this place, or of something that it is in. */
function isAbove(error: GraphError, place: string): boolean {
  return `${place}.`.startsWith(placeOf(error));
}

/** Whether an error is of what is in this place. */
function isBelow(error: GraphError, place: string): boolean {
  return placeOf(error).startsWith(`${place}.`);
}

/** `customer.orders.`; empty for an error of the whole operation. */
function placeOf({ path = [] }: GraphError): string {
  return path.flatMap((step) => (typeof step === 'string' ? [`${step}.`] : [])).join('');
}

/** What an error means to whoever looks at the page. */
export function gapOf({ message, extensions = {} }: GraphError): Gap {
  const { code = '', serviceName: subgraph } = extensions;
  if (code === 'UNAUTHORIZED_FIELD_OR_TYPE') return { kind: 'forbidden', message };
  return { kind: code.endsWith('_TIMEOUT') ? 'slow' : 'down', subgraph, message };
}
