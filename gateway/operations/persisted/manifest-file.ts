import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from 'pino';
import { faultsOf } from '../../faults.ts';
import { stampOf } from '../../supergraph/stamp.ts';
import { type Manifest, readManifest } from './manifest.ts';

/** How a manifest's file is watched. */
export interface ManifestFileOptions {
  /** Between two looks at the file, in milliseconds. 0: never. */
  readonly pollMs: number;
  readonly log: Logger;
}

/** A manifest that is kept at what its file says: a new version counts once it was whole, else the last good one stays. */
export class ManifestFile {
  readonly #path: string;
  readonly #options: ManifestFileOptions;
  readonly #stop = new AbortController();
  readonly #ended: Promise<void>;
  #current: Manifest;

  private constructor(path: string, options: ManifestFileOptions, read: { stamp: string; manifest: Manifest }) {
    this.#path = path;
    this.#options = options;
    this.#current = read.manifest;
    this.#ended = options.pollMs > 0 ? this.#poll(read.stamp) : Promise.resolve();
  }

  /** Reads it for the first time. Errors: StartupError with all its faults. */
  static async open(path: string, options: ManifestFileOptions): Promise<ManifestFile> {
    // The stamp first: a change while it is read is seen by the next look.
    const stamp = await stampOf(path);
    return new ManifestFile(path, options, { stamp, manifest: await readManifest(path) });
  }

  /** The last version that was good. */
  get current(): Manifest {
    return this.#current;
  }

  /** Looks at the file no more. */
  async close(): Promise<void> {
    this.#stop.abort();
    await this.#ended;
  }

  async #poll(first: string): Promise<void> {
    const { pollMs } = this.#options;
    const { signal } = this.#stop;
    let taken = first;
    let last = first;
    while (await delay(pollMs, true, { signal, ref: false }).catch(() => false)) {
      const now = await stampOf(this.#path);
      // Who writes the file may be in the middle of it: it is read once it stays the same for one look.
      const settled = now === last;
      last = now;
      if (!settled || now === taken) continue;
      taken = now;
      await this.#take();
    }
  }

  async #take(): Promise<void> {
    const { log } = this.#options;
    try {
      this.#current = await readManifest(this.#path);
      log.info({ operations: this.#current.texts.size }, 'the manifest of persisted operations was taken up');
    } catch (error) {
      const faults = faultsOf(error);
      log.error(
        faults ? { faults } : { err: error },
        'the manifest of persisted operations is not taken up; the last one stays',
      );
    }
  }
}
