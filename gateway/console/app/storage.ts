/**
 * What a browser keeps for this page. Some keep nothing (site data that is blocked, private windows, a full disk), and throw instead, even
 * when only asked for it: then what is set here lasts as long as the page does, and nobody has to look out for that.
 */
export interface Kept {
  get(key: string): string | null;
  /** False where it is kept no longer than this page shows. */
  set(key: string, value: string): boolean;
  remove(key: string): void;
  keys(): readonly string[];
}

/** Until somebody clears it, for all windows. */
export const keptLong: Kept = keptIn(() => localStorage);

/** As long as this window is open. */
export const keptForWindow: Kept = keptIn(() => sessionStorage);

function keptIn(storage: () => Storage): Kept {
  /** What could not be kept; null: what could not be removed. It comes before what is kept. */
  const unkept = new Map<string, string | null>();
  return {
    get: (key) => unkept.get(key) ?? (unkept.has(key) ? null : tried(() => storage().getItem(key), null)),
    set(key, value) {
      const isKept = tried(() => {
        storage().setItem(key, value);
        return true;
      }, false);
      if (isKept) unkept.delete(key);
      else unkept.set(key, value);
      return isKept;
    },
    remove(key) {
      const isGone = tried(() => {
        storage().removeItem(key);
        return true;
      }, false);
      if (isGone) unkept.delete(key);
      else unkept.set(key, null);
    },
    keys() {
      const kept = tried(() => Object.keys(storage()), []);
      return [...new Set([...kept, ...unkept.keys()])].filter((key) => unkept.get(key) !== null);
    },
  };
}

function tried<T>(attempt: () => T, otherwise: T): T {
  try {
    return attempt();
  } catch {
    return otherwise;
  }
}
