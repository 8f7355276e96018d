import type { Logger } from 'pino';

/**
 * What happens to errors that nobody catches while requests are served, such as those of a subgraph's own code. A rejection that
 * nobody handles is one task that went wrong, whatever else goes on: it is logged, and that is all. An exception that nobody
 * caught has left some callback half done, so that what it was working on can't be trusted any more: it is logged, and `end` is
 * called, once, to let requests in flight finish and end the process.
 */
export function catchStray(log: Logger, end: () => void): void {
  process.on('unhandledRejection', (reason) => log.error({ err: reason }, 'a rejection that nobody handled'));
  process.once('uncaughtException', end);
  process.on('uncaughtException', (error) => log.fatal({ err: error }, 'an exception that nobody caught: stopping'));
}
