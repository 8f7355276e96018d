import { randomBytes } from 'node:crypto';
import {
  chownSync,
  closeSync,
  fsyncSync,
  mkdirSync,
  openSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { type KeyRecord, keyFileText, readKeyFile } from '../access/identity/key-file.ts';
import { ConfigError } from '../config.ts';

/** How long a command waits for another one, in milliseconds. One takes a few. */
const lockLimitMs = 5_000;

/**
 * Replaces what a key file holds by what `change` makes of it. Commands take turns, and whoever reads sees all of a change or nothing,
 * even after a power cut. Only the file's owner may read it. Errors: those of `change`, StartupError where the file can't be read,
 * ConfigError where it can't be written or another command doesn't end, and what the file system says of its folder.
 */
export async function changeKeyFile(
  file: string,
  change: (keys: readonly KeyRecord[]) => readonly KeyRecord[],
): Promise<void> {
  const path = targetOf(file);
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  const lock = `${path}.lock`;
  await takeLock(lock);
  try {
    replace(path, keyFileText(change(await readKeyFile(path))));
  } finally {
    rmSync(lock, { force: true });
  }
}

/** Waits until nobody else has the lock. That of a command that was killed stays: nothing tells safely that it is nobody's. */
async function takeLock(lock: string): Promise<void> {
  const end = performance.now() + lockLimitMs;
  while (true) {
    try {
      closeSync(openSync(lock, 'wx', 0o600));
      return;
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    if (performance.now() > end) {
      throw new ConfigError([
        `${lock}: another command is at work since ${lockLimitMs / 1_000} s. If none is, remove this file.`,
      ]);
    }
    await delay(10 + Math.random() * 20);
  }
}

function replace(path: string, text: string): void {
  const fresh = `${path}.${randomBytes(6).toString('hex')}.tmp`;
  try {
    // On the disk before it has its name, and its name on the disk too: a revoked key must not come back.
    const descriptor = openSync(fresh, 'wx', 0o600);
    try {
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    keepOwner(path, fresh);
    renameSync(fresh, path);
  } catch (error) {
    rmSync(fresh, { force: true });
    throw new ConfigError([`${path}: can't be written (${(error as NodeJS.ErrnoException).code}).`]);
  }
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** An administrator may run the command: the gateway, whose file it is, must be able to read it afterwards. */
function keepOwner(path: string, fresh: string): void {
  const before = statSync(path, { throwIfNoEntry: false });
  const now = statSync(fresh);
  if (before && (before.uid !== now.uid || before.gid !== now.gid)) chownSync(fresh, before.uid, before.gid);
}

/** Where a link leads: the file there is replaced, not the link. */
function targetOf(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return resolve(file);
  }
}
