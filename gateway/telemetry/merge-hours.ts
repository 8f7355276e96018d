import type { RecentHour, RecentMinute } from '../../subgraphs/kit/telemetry/recent.ts';
import type { LastHour } from './systems-report.ts';

const errorsTold = 20;

/** What happened in several processes, as one. */
export function mergeHours(hours: readonly RecentHour[]): LastHour {
  const minutes = new Map<number, RecentMinute[]>();
  for (const minute of hours.flatMap((hour) => hour.minutes)) {
    const same = minutes.get(minute.at);
    if (same) same.push(minute);
    else minutes.set(minute.at, [minute]);
  }
  // Processes that were asked just before and just after a minute began have 61 between them.
  const last = [...minutes].sort(([a], [b]) => a - b).slice(-60);
  const byCode: Record<string, number> = {};
  for (const { errors } of last.flatMap(([, same]) => same)) {
    for (const [code, count] of Object.entries(errors)) byCode[code] = (byCode[code] ?? 0) + count;
  }
  const errors = hours.flatMap((hour) => hour.errors).sort((a, b) => b.at - a.at);
  return {
    minutes: last.map(([at, same]) => ({
      at: iso(at),
      calls: sum(same.map(({ calls }) => calls)),
      errors: sum(same.flatMap((minute) => Object.values(minute.errors))),
      slowestMs: Math.round(Math.max(...same.map(({ slowestMs }) => slowestMs)) * 10) / 10,
    })),
    errors: errors.slice(0, errorsTold).map(({ at, code, requestId }) => ({ at: iso(at), code, requestId })),
    byCode,
  };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((all, each) => all + each, 0);
}

function iso(at: number): string {
  return new Date(at).toISOString();
}
