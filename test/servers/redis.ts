import { connect } from 'node:net';
import { findProgram, freePort, missing, ServerProcess } from './process.ts';

const program = findProgram('redis-server');

/** For `{ skip }`: why there are no tests of Redis on this machine; false when there are. */
export const missingRedis = missing('Redis (redis-server)', program);

/** A Redis of the test's own, empty, on a free port of the loopback. */
export class RedisServer {
  readonly port: number;
  readonly #password: string | undefined;
  #process: ServerProcess;
  #pid = 0;

  private constructor(port: number, password: string | undefined) {
    this.port = port;
    this.#password = password;
    this.#process = this.#spawn();
  }

  static async start({ password }: { readonly password?: string } = {}): Promise<RedisServer> {
    const server = new RedisServer(await freePort(), password);
    await server.#ready();
    return server;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  /** Stops it at once. */
  async halt(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  /** Starts it again, on the same port, empty. */
  async resume(): Promise<void> {
    this.#process = this.#spawn();
    await this.#ready();
  }

  /** Makes it hang: it keeps its connections, and new ones come about, but it answers nothing. */
  freeze(): void {
    process.kill(this.#pid, 'SIGSTOP');
  }

  thaw(): void {
    process.kill(this.#pid, 'SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#process.stop('SIGKILL');
  }

  #spawn(): ServerProcess {
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
    const all = this.#password === undefined ? args : [...args, '--requirepass', this.#password];
    return new ServerProcess(program ?? 'redis-server', all);
  }

  async #ready(): Promise<void> {
    const login = this.#password === undefined ? '' : `AUTH ${this.#password}\r\n`;
    await this.#process.ready(async () => {
      this.#pid = await processOf(this.port, login);
      return this.#pid !== 0;
    });
  }
}

/** The process that answers; 0 while nobody does. */
function processOf(port: number, login: string): Promise<number> {
  return new Promise((resolve) => {
    let said = '';
    const socket = connect(port, '127.0.0.1', () => socket.write(`${login}INFO server\r\n`));
    socket.on('data', (data) => {
      said += data;
      const id = /^process_id:(\d+)\r/m.exec(said)?.[1];
      if (id !== undefined) end(Number(id));
    });
    socket.once('close', () => end(0));
    socket.once('error', () => end(0));
    function end(id: number): void {
      socket.destroy();
      resolve(id);
    }
  });
}
