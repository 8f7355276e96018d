import type { CompiledOperation } from '../execution/compile.ts';
import type { Refusal } from './refusal.ts';

/** What became of an operation's text. */
export type Prepared =
  | {
      readonly kind: 'ready';
      readonly operation: CompiledOperation;
      /** The values of the literals that the text holds, by the names of the program's `literal` variables. */
      readonly literals: Readonly<Record<string, unknown>>;
      /** Whether nothing had this program yet when the text first came: it was planned for it. */
      readonly planned?: boolean;
    }
  /** It can't be run: the client must change it. */
  | { readonly kind: 'refused'; readonly errors: readonly Refusal[] }
  /** Too many unseen operations wait for a planning process: try again. */
  | { readonly kind: 'busy' };
