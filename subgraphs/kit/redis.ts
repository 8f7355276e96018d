import { createClient } from '@redis/client';
import type { Logger } from 'pino';

/** Why Redis was of no use. */
export type RedisErrorCode =
  /** No connection, or one on which nothing comes back. */
  | 'REDIS_UNAVAILABLE'
  /** No answer within the deadline. */
  | 'REDIS_TIMEOUT'
  /** It answered with an error, which is the `cause`. */
  | 'REDIS_FAILED';

/** A command was not carried out, or nobody knows whether it was. Quotes nothing of the command. */
export class RedisError extends Error {
  override readonly name = 'RedisError';
  readonly code: RedisErrorCode;

  constructor(code: RedisErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}

/** How to reach a Redis. */
export interface RedisOptions {
  readonly log: Logger;
  /** The longest that `send` waits, in milliseconds. @default 100 */
  readonly deadlineMs?: number;
}

/** A connection to a Redis, which comes and goes by itself. */
export interface Redis {
  /** The library's client, for what wants one. Its own calls have no deadline. */
  readonly client: ReturnType<typeof clientOf>;
  /** Whether `send` would send, or reject at once. */
  readonly available: boolean;
  /**
   * Sends a command. Rejects with a `RedisError`: within the deadline, and at once where there is no connection, or one on which a
   * command stands that has had no answer within its deadline.
   */
  send(args: readonly string[]): Promise<unknown>;
  /** Lets go of the connection. What is still unanswered fails. */
  close(): Promise<void>;
}

/** How long a silent connection is kept, in milliseconds. An idle one is kept by pings. */
const silentMs = 4_000;
const pingMs = 1_500;

/**
 * Opens a connection to a Redis, and goes on at once: who needs it while it isn't there does without. It is tried again as long as
 * it takes. The log is told once when it goes and once when it is back. Errors: RedisError for a URL that can't be one of a Redis.
 */
export function openRedis(url: string, { log, deadlineMs = 100 }: RedisOptions): Redis {
  const client = clientOf(url, () => closed);
  const where = new URL(url).host;
  let state: 'opening' | 'up' | 'down' = 'opening';
  let connecting = true;
  let closed = false;

  client.on('connect', () => {
    connecting = false;
    // The library can't be told to give up a connection that is being made.
    if (closed) client.destroy();
  });
  client.on('reconnecting', () => {
    connecting = true;
  });
  client.on('ready', up);
  client.on('error', (error: NodeJS.ErrnoException) => {
    connecting = false;
    // An AggregateError, of a host with several addresses, has a code and no message.
    down(error.code ?? error.message);
  });
  client.connect().catch(() => {
    // Only after `close`: until then it is tried again.
  });
  // A connection that is not in use must not keep the process alive.
  client.unref();
  const pings = setInterval(() => {
    if (state === 'up') send(['PING']).catch(() => {});
  }, pingMs).unref();

  function up(): void {
    if (state === 'down') log.info({ redis: where }, 'Redis is back');
    state = 'up';
  }

  function down(detail: string): void {
    if (state !== 'down' && !closed)
      log.warn({ redis: where, detail }, 'Redis is not available: this process goes on by itself');
    state = 'down';
  }

  function send(args: readonly string[]): Promise<unknown> {
    if (state !== 'up') return Promise.reject(new RedisError('REDIS_UNAVAILABLE', 'there is no connection to Redis'));
    return new Promise((resolve, reject) => {
      let answer: 'awaited' | 'late' | 'here' = 'awaited';
      const expire = () => {
        if (answer === 'here') return;
        answer = 'late';
        down(`no answer within ${deadlineMs} ms`);
        reject(new RedisError('REDIS_TIMEOUT', `Redis did not answer within ${deadlineMs} ms`));
      };
      // Where this process was busy for that long, the answer may be there, and is read first.
      const timer = setTimeout(() => setImmediate(expire), deadlineMs);
      const settle = () => {
        clearTimeout(timer);
        if (answer === 'late' && client.isReady) up();
        answer = 'here';
      };
      client.sendCommand(args).then(
        (reply) => {
          settle();
          resolve(reply);
        },
        (cause: unknown) => {
          settle();
          reject(failure(cause, client.isReady));
        },
      );
    });
  }

  return {
    client,
    get available() {
      return state === 'up';
    },
    send,
    async close() {
      if (closed) return;
      closed = true;
      state = 'down';
      clearInterval(pings);
      if (!connecting && client.isOpen) client.destroy();
    },
  };
}

function clientOf(url: string, isClosed: () => boolean) {
  try {
    return createClient({
      url,
      name: 'junction',
      disableOfflineQueue: true,
      commandsQueueMaxLength: 10_000,
      maintNotifications: 'disabled',
      socket: {
        connectTimeout: 2_000,
        socketTimeout: silentMs,
        reconnectStrategy: (retries) => (isClosed() ? new Error('closed') : Math.min(50 * 2 ** retries, 2_000)),
      },
    });
  } catch {
    // The cause would quote the URL, and with it the password.
    throw new RedisError('REDIS_UNAVAILABLE', 'expected a URL such as redis://user:password@host:6379/0');
  }
}

function failure(cause: unknown, connected: boolean): RedisError {
  return connected
    ? new RedisError('REDIS_FAILED', 'Redis answered with an error', { cause })
    : new RedisError('REDIS_UNAVAILABLE', 'the connection to Redis broke', { cause });
}
