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
  const gaps = errors.filter(({ path }) => places.some((place) => isBelow(path, place))).map(gapOf);
  return gaps.find(({ kind }) => kind !== 'forbidden') ?? gaps[0];
}

/** Whether an error is of this place, of what is in it, or of something that it is in. */
function isBelow(path: GraphError['path'], place: string): boolean {
  const names = (path ?? []).filter((step) => typeof step === 'string');
  const wanted = place.split('.');
  return wanted.slice(0, names.length).every((name, i) => names[i] === name);
}

/** What an error means to whoever looks at the page. */
export function gapOf({ message, extensions = {} }: GraphError): Gap {
  const { code = '', serviceName: subgraph } = extensions;
  if (code === 'UNAUTHORIZED_FIELD_OR_TYPE') return { kind: 'forbidden', message };
  return { kind: code.endsWith('_TIMEOUT') ? 'slow' : 'down', subgraph, message };
}
