import type { WSDL } from 'soap';
import { SystemError } from '../../errors.ts';
import { Thread } from '../../thread.ts';

/** What the thread made of an answer: the library's object, or what the library threw. */
export type Parsed = { readonly object: unknown } | { readonly thrown: Thrown };

/** An error as it crosses between threads. `root` holds the fault. */
export type Thrown =
  | { readonly kind: 'error'; readonly message: string; readonly root: unknown }
  | { readonly kind: 'other'; readonly value: unknown };

/** What the thread needs to read answers as this thread would: where the WSDL is, and the text of each of its documents. */
export interface WsdlDocuments {
  readonly url: string;
  readonly documents: ReadonlyMap<string, string>;
}

/** From this length on, in characters: parsing takes about 1.5 ms for each 10,000, in which nothing else would be answered. */
const large = 32_768;

/** Has long answers parsed in a thread, since the library parses in one go. */
export class LargeAnswers {
  readonly #documents = new Map<string, string>();
  readonly #thread: Thread<string, Parsed>;
  #next: { readonly text: string; readonly parsed: Parsed } | undefined;

  constructor(url: string) {
    const data = (): WsdlDocuments => ({ url, documents: this.#documents });
    this.#thread = new Thread(new URL('./parse-worker.ts', import.meta.url), data);
  }

  /** Remembers a document of the WSDL. */
  keep(url: string, text: string): void {
    this.#documents.set(url, text);
  }

  /**
   * Prepares an answer for the library, which is to be given it in the same turn of the event loop. Errors: SystemError; the
   * signal's reason.
   */
  async prepare(text: string, signal: AbortSignal): Promise<void> {
    if (text.length < large) return;
    const parsed = await this.#thread.ask(text, signal).catch((error: unknown) => {
      throw signal.aborted
        ? error
        : new SystemError('SYSTEM_FAILED', "the answer can't be parsed", { words: String(error) });
    });
    this.#next = { text, parsed };
  }

  /** Lets the library find what was prepared where it would parse the text itself. */
  attach(wsdl: WSDL): void {
    const parse = wsdl.xmlToObject.bind(wsdl);
    wsdl.xmlToObject = (text: string) => {
      const prepared = this.#next;
      this.#next = undefined;
      if (prepared?.text !== text) return parse(text);
      if ('object' in prepared.parsed) return prepared.parsed.object;
      const { thrown } = prepared.parsed;
      throw thrown.kind === 'error' ? Object.assign(new Error(thrown.message), { root: thrown.root }) : thrown.value;
    };
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
