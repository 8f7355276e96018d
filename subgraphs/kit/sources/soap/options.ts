import type { AnyContract, AnyFields, FieldsOf } from '../../forms.ts';
import type { Setting } from '../../settings.ts';
import type { Raw } from '../../source.ts';
import type { CalledType, CallOptions } from '../config.ts';
import type { ListParameters } from '../lists.ts';

/** A system that speaks SOAP, described by its WSDL, and how it is mapped. */
export interface SoapOptions<Contract = AnyContract> extends CallOptions {
  /** What the system is called in health and logs. */
  readonly system: string;
  /** The URL of the WSDL. The messages go to the address that the WSDL states. */
  readonly url: Setting;
  readonly auth?: UsernameToken;
  /** An operation that takes nothing and answers when the system is well. */
  readonly ping: string;
  readonly types: string extends keyof Contract
    ? Readonly<Record<string, SoapType>>
    : { readonly [Type in keyof Contract]?: SoapType<FieldsOf<Contract, Type>> };
}

/** What the system knows us by (WS-Security UsernameToken Profile 1.1). */
export interface UsernameToken {
  readonly user: Setting;
  readonly password: Setting;
  /** How the password is sent: hashed with a nonce and the time, or as it is. */
  readonly type: 'digest' | 'text';
}

/** How a type stands in the system; without a way to read it is only pointed at. */
export interface SoapType<Fields = AnyFields> extends CalledType<Fields> {
  /** The operations that read several keys, by the column that the keys are of. */
  readonly byKey?: Readonly<Record<string, SoapLookUp>>;
  /** The operation that lists all records. */
  readonly list?: SoapList;
  /** The operations that list records below several parents, by the column that names the parent. */
  readonly top?: Readonly<Record<string, SoapTop>>;
}

/** `keys` is the repeated parameter; `rows` the path of the repeated element in the answer. */
export interface SoapLookUp {
  readonly operation: string;
  /** What is asked in any case: a tenant, a company code. */
  readonly parameters?: Readonly<Record<string, Raw>>;
  readonly keys: string;
  readonly rows: string;
}

/** A list: rows, count and whether more follow are paths in the answer. */
export interface SoapList extends ListParameters {
  readonly operation: string;
  readonly rows: string;
  /** The parameter to go on after a row, and the column whose value it takes. */
  readonly after: { readonly parameter: string; readonly column: string };
  /** The element that says whether more rows follow. @default 'More' */
  readonly more?: string;
}

/** Lists below parents: the paths of a list are those in each element of `groups`, which names its parent in `parent`. */
export interface SoapTop extends SoapList {
  /** The repeated parameter that takes the parents' keys. */
  readonly parents: string;
  readonly groups: string;
  readonly parent: string;
}

/** The name of the element that says whether more rows follow. */
export function moreOf({ more = 'More' }: SoapList): string {
  return more;
}
