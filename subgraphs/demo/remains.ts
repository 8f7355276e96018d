import { rmSync } from 'node:fs';

/** Removes what is left of a file that was broken off. At once: a process whose parent is gone ends at its next turn. */
export function clearAway(draft: string): void {
  for (const path of [draft, `${draft}-journal`]) rmSync(path, { force: true });
}
