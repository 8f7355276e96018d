import { type ChildProcess, fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { createServer } from 'node:net';

type Handlers = Readonly<Record<string, (argument: never) => unknown>>;

/** The calls that a process answers, by name. */
export type CallsOf<H extends Handlers> = {
  [K in keyof H]: { argument: Parameters<H[K]>[0]; result: Awaited<ReturnType<H[K]>> };
};

const running = new Set<ChildProcess>();

/** A process of the bench's own that answers calls. */
export class Helper<H extends Handlers> {
  readonly #child: ChildProcess;
  #calls = 0;

  constructor(file: string, args: readonly string[] = []) {
    this.#child = fork(file, args, { serialization: 'advanced', stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
    this.#child.setMaxListeners(100);
    track(this.#child);
  }

  call<K extends keyof H & string>(name: K, argument: CallsOf<H>[K]['argument']): Promise<CallsOf<H>[K]['result']> {
    const id = this.#calls++;
    return request(this.#child, { id, name, argument }, id);
  }

  stop(): Promise<void> {
    return stop(this.#child);
  }
}

/** The other side of a `Helper`. */
export function answerCalls(handlers: Handlers): void {
  process.on('message', async ({ id, name, argument }: { id: number; name: string; argument: never }) => {
    try {
      process.send?.({ id, result: await handlers[name]?.(argument) });
    } catch (error) {
      process.send?.({ id, error: error instanceof Error ? error.stack : String(error) });
    }
  });
  process.on('disconnect', () => process.exit());
}

/** Sends a message to a child and waits for the answer with this id. */
export function request<T>(child: ChildProcess, message: object, id: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const settle = () => {
      child.off('message', onMessage);
      child.off('exit', onExit);
    };
    const onMessage = (answer: { id: number; result?: T; error?: string }) => {
      if (answer.id !== id) return;
      settle();
      if (answer.error) reject(new Error(answer.error));
      else resolve(answer.result as T);
    };
    const onExit = (code: number | null) => {
      settle();
      reject(new Error(`a process of the bench ended with ${code}`));
    };
    child.on('message', onMessage);
    child.on('exit', onExit);
    child.send(message);
  });
}

/** Starts a program with this Node, its output in a file. It is stopped with the bench at the latest. */
export function start(
  args: readonly string[],
  { env = {}, log, cwd, ipc = false }: { env?: Record<string, string>; log: string; cwd?: string; ipc?: boolean },
): ChildProcess {
  const output = openSync(log, 'a');
  const child = spawn(process.execPath, args, {
    env: { ...process.env, NODE_ENV: 'production', ...env },
    stdio: ['ignore', output, output, ...(ipc ? (['ipc'] as const) : [])],
    ...(cwd && { cwd }),
  });
  track(child);
  return child;
}

function track(child: ChildProcess): void {
  running.add(child);
  child.once('exit', () => running.delete(child));
}

/** Ends one process: asked first, then by force. */
export async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const late = setTimeout(() => child.kill('SIGKILL'), 3000);
  await ended;
  clearTimeout(late);
}

/** Ends everything that this bench started. */
export async function stopAll(): Promise<void> {
  await Promise.all([...running].map(stop));
}

/** A port that nobody listens at now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  server.close();
  await once(server, 'close');
  return port;
}
