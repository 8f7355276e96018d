import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, chownSync, constants, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Whom a program runs as; needed where it refuses root. */
export interface Owner {
  readonly uid: number;
  readonly gid: number;
}

/** The first of these folders (`PATH` before them; a `*` is any name) that has the program; undefined when it isn't installed. */
export function findProgram(name: string, folders: readonly string[] = []): string | undefined {
  const places = [...(process.env.PATH ?? '').split(':'), ...folders.flatMap(expand)];
  return places
    .map((folder) => join(folder, name))
    .find((path) => {
      try {
        accessSync(path, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** Why tests of a server are left out; false when they run. Throws where the machine must have everything. */
export function missing(program: string, path: string | undefined): string | false {
  if (path !== undefined) return false;
  const reason = `${program} is not installed`;
  if (process.env.JUNCTION_TEST_REQUIRE_SERVERS === '1') throw new Error(reason);
  return reason;
}

/** A new folder that only its owner reads, removed when the tests end at the latest. */
export function makeFolder(owner?: Owner): string {
  const folder = mkdtempSync(join(tmpdir(), 'junction-server-'));
  if (owner) chownSync(folder, owner.uid, owner.gid);
  process.once('exit', () => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** A port of the loopback that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (typeof address !== 'object' || !address) throw new Error('no port');
  return address.port;
}

/** Runs a program that ends by itself. Throws what it said when it fails. */
export function runProgram(path: string, args: readonly string[], owner?: Owner): void {
  const { status, error, stderr } = spawnSync(path, args, { ...owner, cwd: tmpdir(), encoding: 'utf8' });
  if (status !== 0) throw new Error(`${path} failed: ${stderr}`, { cause: error });
}

/** Waits until something holds; rejects after ten seconds. */
export async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  const deadline = Date.now() + 10_000;
  while (!(await holds())) {
    if (Date.now() > deadline) throw new Error(`expected this to hold within 10 s: ${holds}`);
    await delay(5);
  }
}

/** A server program. */
export class ServerProcess {
  readonly #child: ChildProcess;
  #said = '';

  constructor(path: string, args: readonly string[], owner?: Owner) {
    this.#child = spawn(path, args, { ...owner, cwd: tmpdir(), stdio: ['ignore', 'pipe', 'pipe'] });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (data: Buffer) => {
        this.#said = (this.#said + data.toString()).slice(-10_000);
      });
    }
    process.once('exit', this.#kill);
  }

  /** Waits until `answers` says true. Throws what the program said when it ends before, or when 30 s have passed. */
  async ready(answers: () => Promise<boolean>): Promise<void> {
    const deadline = Date.now() + 30_000;
    while (!(await answers())) {
      if (this.#hasEnded()) throw new Error(`the server ended: ${this.#said}`);
      if (Date.now() > deadline) throw new Error(`the server doesn't answer: ${this.#said}`);
      await delay(20);
    }
  }

  /** Sends a signal and waits for the end. */
  async stop(signal: NodeJS.Signals): Promise<void> {
    process.off('exit', this.#kill);
    if (this.#hasEnded()) return;
    this.#child.kill(signal);
    await once(this.#child, 'exit');
  }

  readonly #kill = () => {
    this.#child.kill('SIGKILL');
  };

  #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }
}

/** The folders that a path with one `*` stands for, the last in order first: the newest version. */
function expand(folder: string): string[] {
  const [before = '', after] = folder.split('*');
  if (after === undefined) return [folder];
  try {
    return readdirSync(before)
      .map((name) => `${before}${name}${after}`)
      .sort()
      .reverse();
  } catch {
    return [];
  }
}
