import { fieldName, plural, singular, typeName, unique, wordsOf } from './names.ts';
import { sharedNames } from './shared-types.ts';

/** What other contracts have taken: a type of the same name would be theirs, a field of `Query` would be answered twice. */
export interface Taken {
  readonly types: ReadonlySet<string>;
  readonly queries: ReadonlySet<string>;
}

/** What a type is called in the contract. */
export interface TypeNames {
  readonly type: string;
  /** What one and several are called in sentences and in fields that lead there: `order line`, `order lines`. */
  readonly one: string;
  readonly several: string;
  readonly lookUp: string;
  readonly list: string;
}

/** Gives types names that neither another contract nor the kit has, with what is made of them: connections, filters, orders. */
export class TypeNamer {
  readonly #subgraph: readonly string[];
  readonly #types: Set<string>;
  readonly #queries: Set<string>;

  constructor(subgraph: string, { types, queries }: Taken) {
    this.#subgraph = wordsOf(subgraph);
    this.#types = new Set([...types, ...sharedNames]);
    this.#queries = new Set(queries);
  }

  /** The names for what the system calls `name`; a name that is taken gets the subgraph's in front. */
  type(name: string): TypeNames {
    const words = singular(
      wordsOf(name).filter((word, i, all) => i > 0 || all.length === 1 || !['tbl', 't'].includes(word)),
    );
    const wanted = this.#isFree(words) ? words : [...this.#subgraph, ...words];
    const type = this.#take(typeName(wanted));
    const own = wordsOf(type);
    const lookUp = unique(fieldName(own), this.#queries);
    const several = plural(own);
    const list = unique(fieldName(several.join() === own.join() ? [...own, 'list'] : several), this.#queries);
    return { type, one: words.join(' '), several: plural(words).join(' '), lookUp, list };
  }

  /** A name for an enum. */
  enum(name: string): string {
    return this.#take(name);
  }

  #isFree(words: readonly string[]): boolean {
    const name = typeName(words);
    return (
      words.length > 0 &&
      // The kit takes these for parts of a connection.
      !/(Edge|Connection)$/.test(name) &&
      madeOf(name).every((each) => !this.#types.has(each)) &&
      !this.#queries.has(fieldName(words)) &&
      !this.#queries.has(fieldName(plural(words)))
    );
  }

  #take(name: string): string {
    const safe = /(Edge|Connection)$/.test(name) ? `${name}Record` : name;
    let free = safe;
    for (let i = 2; madeOf(free).some((each) => this.#types.has(each)); i++) free = `${safe}${i}`;
    for (const each of madeOf(free)) this.#types.add(each);
    return free;
  }
}

function madeOf(name: string): readonly string[] {
  return ['', 'Connection', 'Edge', 'Filter', 'Sort', 'SortField'].map((end) => name + end);
}
