/** How many texts are at hand. */
const most = 256;
/** The end of a credential differs from that of any other: it is a signature or random. */
const tailLength = 16;

/**
 * What follows from a few long texts that come again and again, such as the header with a token: found by the end of the text and by comparing
 * all of it, which takes a hundredth of hashing or matching it.
 */
export class Recent<T> {
  readonly #known = new Map<string, { readonly text: string; readonly value: T }>();

  get(text: string): T | undefined {
    const known = this.#known.get(text.slice(-tailLength));
    return known?.text === text ? known.value : undefined;
  }

  set(text: string, value: T): T {
    // Those that are in use come back at once.
    if (this.#known.size >= most) this.#known.clear();
    this.#known.set(text.slice(-tailLength), { text, value });
    return value;
  }

  clear(): void {
    this.#known.clear();
  }
}
