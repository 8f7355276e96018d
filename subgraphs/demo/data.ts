import { randomUUID } from 'node:crypto';
import { access, mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type Company, companyAt } from './company.ts';
import { Draft } from './draft.ts';
import { clearAway } from './remains.ts';
import type { StandInOptions } from './stand-in.ts';

/** Raise it when what is written changes: data of another version is left alone. A test compares it with the data. */
export const version = 1;

/** Writes a system's part of the company, with its tables and indexes, into an empty database. */
export type WriteData = (company: Company, draft: Draft) => void;

/**
 * The path of a stand-in's database, such as `<folder>/demo-1-0.5/shop.db`, which is written if it isn't there yet. It is
 * written beside its place and then renamed: whoever else starts at once, or is killed, never leaves half of it.
 */
export function ensureData(
  { folder, scale = 1, onWriting }: StandInOptions,
  name: string,
  write: WriteData,
): Promise<string> {
  const home = join(folder, `demo-${version}-${scale}`);
  const path = join(home, `${name}.db`);
  const running =
    writing.get(path) ?? writeOnce({ home, path, scale, write, onWriting }).finally(() => writing.delete(path));
  writing.set(path, running);
  return running;
}

const writing = new Map<string, Promise<string>>();

interface Writing {
  readonly home: string;
  readonly path: string;
  readonly scale: number;
  readonly write: WriteData;
  readonly onWriting: StandInOptions['onWriting'];
}

async function writeOnce({ home, path, scale, write, onWriting }: Writing): Promise<string> {
  if (await exists(path)) return path;
  await mkdir(home, { recursive: true });
  await removeRemains(home);
  const unfinished = `${path}.${randomUUID()}.tmp`;
  try {
    onWriting?.(0, unfinished);
    writeInto(unfinished, { ...companyAt(scale), onWalk: (part) => onWriting?.(part, unfinished) }, write);
    await rename(unfinished, path);
  } finally {
    clearAway(unfinished);
  }
  return path;
}

function writeInto(path: string, company: Company, write: WriteData): void {
  const draft = new Draft(path);
  try {
    write(company, draft);
    draft.commit();
  } finally {
    draft.close();
  }
}

/** Drafts of starts that were killed; one that is younger than an hour may still be written. */
async function removeRemains(home: string): Promise<void> {
  for (const name of await readdir(home)) {
    const draft = join(home, name);
    if (!/\.tmp(-journal)?$/.test(name)) continue;
    const writtenAt = await stat(draft).then(
      ({ mtimeMs }) => mtimeMs,
      () => Number.POSITIVE_INFINITY,
    );
    if (Date.now() - writtenAt > 3_600_000) await rm(draft, { force: true });
  }
}

function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
