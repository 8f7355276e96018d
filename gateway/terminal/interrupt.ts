import { constants } from 'node:os';

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;

/**
 * From now on a signal ends the process by way of `exit`, where what was begun is cleared away: processes, half-written files, the line of
 * progress; and never in the midst of what is done in one go. It then ends by that signal, as whoever sent it expects. Not for what
 * computes for long, which it would wait for. Gives what takes this back.
 */
export function endAtOnce(): () => void {
  let isOver = false;
  const leave = () => {
    for (const signal of signals) process.off(signal, onSignal);
  };
  const onSignal = (signal: NodeJS.Signals) => {
    if (isOver && process.listenerCount(signal) > 1) return;
    leave();
    // The last to be called, so that the others have been.
    process.on('exit', () => process.kill(process.pid, signal));
    process.exit(128 + constants.signals[signal]);
  };
  for (const signal of signals) process.on(signal, onSignal);
  // Not at once: a signal that has come in this turn, such as a Ctrl-C while the welcome is written, is only told after it, and lost where
  // nobody has listened in between. It belongs to whoever listens next.
  return () => {
    isOver = true;
    setImmediate(leave);
  };
}
