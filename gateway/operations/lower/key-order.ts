import { Kind, type OperationDefinitionNode, type SelectionSetNode } from 'graphql';

/** The order in which a client asks for the keys of the objects at one place, whatever their types. */
export class KeyOrder {
  readonly #keys = new Map<string, { readonly place: number; below: KeyOrder | undefined }>();

  /** Of the root. The operation has the keys of the tree, and no fragments but inline ones. */
  static of({ selectionSet }: OperationDefinitionNode): KeyOrder {
    const order = new KeyOrder();
    order.#add(selectionSet);
    return order;
  }

  /** Of the objects at a path from here, as `EntityTarget` has it; undefined where nothing is asked of them. */
  at(path: readonly string[]): KeyOrder | undefined {
    return path.filter((key) => key !== '@').reduce<KeyOrder | undefined>((order, key) => order?.below(key), this);
  }

  below(key: string): KeyOrder | undefined {
    return this.#keys.get(key)?.below;
  }

  /** -1 for a key that the client doesn't ask for. */
  placeOf(key: string): number {
    return this.#keys.get(key)?.place ?? -1;
  }

  #add({ selections }: SelectionSetNode): void {
    for (const selection of selections) {
      if (selection.kind === Kind.INLINE_FRAGMENT) this.#add(selection.selectionSet);
      if (selection.kind !== Kind.FIELD) continue;
      const key = (selection.alias ?? selection.name).value;
      let known = this.#keys.get(key);
      if (!known) {
        known = { place: this.#keys.size, below: undefined };
        this.#keys.set(key, known);
      }
      if (!selection.selectionSet) continue;
      known.below ??= new KeyOrder();
      known.below.#add(selection.selectionSet);
    }
  }
}
