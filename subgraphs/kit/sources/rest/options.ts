import type { AnyContract, AnyFields, FieldsOf } from '../../forms.ts';
import type { Setting } from '../../settings.ts';
import type { Raw } from '../../source.ts';
import type { CalledType, CallOptions } from '../config.ts';
import type { ListParameters } from '../lists.ts';
import type { DeletedMark } from './deleted.ts';

/** A system that speaks JSON over HTTP, and how it is mapped. Every path below begins where the base URL ends. */
export interface RestOptions<Contract = AnyContract> extends CallOptions {
  /** What the system is called in health and logs. */
  readonly system: string;
  /** The base URL; its path stays in front of every other. */
  readonly url: Setting;
  readonly auth?: RestAuth;
  /** Headers of every request, such as a version or a tenant. */
  readonly headers?: Readonly<Record<string, string | Setting>>;
  /** The path of the system's OpenAPI document (3.0 or 3.1, in JSON), which the mapping is then checked against. */
  readonly openapi?: string;
  /** A path that answers with any 2xx status when the system is well. */
  readonly ping: string;
  readonly types: string extends keyof Contract
    ? Readonly<Record<string, RestType>>
    : { readonly [Type in keyof Contract]?: RestType<FieldsOf<Contract, Type>> };
}

/** What the system knows us by. */
export interface RestAuth {
  readonly header: string;
  readonly prefix: string;
  readonly secret: Setting;
}

/** How a type stands in the system; without a way to read it is only pointed at. */
export interface RestType<Fields = AnyFields> extends CalledType<Fields> {
  /** The component schema of its records in the OpenAPI document. */
  readonly schema?: string;
  /** How records are looked up, by the column that they are looked up by. */
  readonly byKey?: Readonly<Record<string, RestLookUp>>;
  /** How all records are listed. */
  readonly list?: RestList;
  /** How records below a parent are listed, by the column that names the parent. */
  readonly top?: Readonly<Record<string, RestTop>>;
}

/** What all ways to read have in common. */
interface Reading {
  /** The parameter that takes the fields to return; without it the system returns what it returns. */
  readonly fields?: string;
  /** What is asked in any case: a tenant, only what isn't deleted. */
  readonly parameters?: Readonly<Record<string, Raw>>;
  /**
   * What a record holds where there is no such record any more, or not yet: `'deleted'` (true there), `{ status: 'draft' }`. It is
   * left out of what is read; the system's own count may count it.
   */
  readonly deleted?: DeletedMark;
}

/** A path with a segment for the key: `/contacts/{key}`. */
type PathWithKey = `${string}{key}${string}`;
type PathWithParent = `${string}{parent}${string}`;

export type RestLookUp =
  /** Several keys in a JSON body. */
  | (Reading & { readonly post: string; readonly keys: string; readonly rows: string })
  /** Several keys in a query parameter, separated by commas. */
  | (Reading & { readonly get: string; readonly keys: string; readonly rows: string })
  /**
   * One key in a query parameter, written as `as` says, such as in a term of a search. Without `rows` the body is the row, and
   * 404 means that there is none.
   */
  | (Reading & { readonly get: string; readonly key: string; as?(key: Raw): string; readonly rows?: string })
  /** One key in the path; 404 means that there is no row. */
  | (Reading & { readonly get: PathWithKey; readonly rows?: string });

/**
 * How a list is cut into pages: by a cursor that each answer gives for the next one, by a column of the last row where the path
 * `more` says that rows follow, or by the number of rows to skip.
 */
export type RestPaging = (
  | {
      readonly cursor: { readonly parameter: string; readonly next: string };
      readonly after?: never;
      readonly offset?: never;
    }
  | {
      readonly after: { readonly parameter: string; readonly column: string; readonly more: string };
      readonly cursor?: never;
      readonly offset?: never;
    }
  | { readonly offset: { readonly parameter: string }; readonly cursor?: never; readonly after?: never }
) & {
  /** The most rows that the system gives at once; larger pages are read in several calls. @default 100 */
  readonly largest?: number;
};

/** A list: its rows, the next cursor and the total are paths in the answer. */
export type RestList = Reading & ListParameters & RestPaging & { readonly get: string; readonly rows: string };

export type RestTop = Reading &
  ListParameters &
  RestPaging &
  (
    | {
        /** One call for several parents: their keys go to `parents`; the path `groups` holds a list of answers. */
        readonly post: string;
        readonly parents: string;
        readonly groups: string;
        /** Where each group holds its parent's key; its rows, next cursor and total are paths in the group. */
        readonly parent: string;
        readonly rows: string;
      }
    /** One call for each parent, whose key goes to the query parameter `parent`. */
    | { readonly get: string; readonly parent: string; readonly rows: string }
    /** One call for each parent, whose key is a segment of the path; 404 means that it has no rows. */
    | { readonly get: PathWithParent; readonly rows: string }
  );
