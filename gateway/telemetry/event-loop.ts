import { performance } from 'node:perf_hooks';
import { Counter, type Registry } from 'prom-client';

/**
 * How busy this thread's event loop is, as two counters of seconds: `rate(active) / (rate(active) + rate(idle))` is its utilisation over
 * any time, whoever else asks in between. How late it is (`nodejs_eventloop_lag_…`) is among prom-client's own metrics.
 */
export function watchEventLoop(registry: Registry): void {
  for (const state of ['active', 'idle'] as const) {
    new Counter({
      name: `junction_event_loop_${state}_seconds_total`,
      help: `How long the event loop was ${state}.`,
      registers: [registry],
      collect() {
        this.reset();
        this.inc(performance.eventLoopUtilization()[state] / 1_000);
      },
    });
  }
}
