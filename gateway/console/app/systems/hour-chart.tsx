import type { LastHour } from '../../../telemetry/systems-report.ts';
import { type HourTotals, hourInWords, minuteInWords } from './hour-totals.ts';

export interface HourChartProps {
  readonly hour: LastHour;
  readonly totals: HourTotals;
  /** What is counted, in the plural. */
  readonly unit: string;
}

const width = 10;
const bar = 8;
const callsHeight = 52;
const slowHeight = 20;
const gap = 6;

/** A bar for each minute: how many there were, those that failed at the foot of it; below, how slow the slowest was. */
export function HourChart({ hour: { minutes }, totals, unit }: HourChartProps) {
  const height = callsHeight + gap + slowHeight;
  const part = (value: number, most: number, of: number) => (value === 0 ? 0 : Math.max(2, (value / most) * of));
  return (
    <svg
      class="hour-chart"
      viewBox={`0 0 ${minutes.length * width} ${height}`}
      preserveAspectRatio="none"
      role="img"
      aria-label={hourInWords(totals, unit)}
    >
      {minutes.map((minute, i) => {
        const { at, calls, errors, slowestMs } = minute;
        const all = part(calls, totals.most, callsHeight);
        const failed = Math.min(all, part(errors, totals.most, callsHeight));
        const slow = part(slowestMs, totals.slowestMs, slowHeight);
        return (
          <g key={at} transform={`translate(${i * width + 1} 0)`}>
            <rect class="hour-hit" width={width} height={height} />
            <rect class="hour-calls" y={callsHeight - all} width={bar} height={all - failed} />
            <rect class="hour-errors" y={callsHeight - failed} width={bar} height={failed} />
            <rect class="hour-slow" y={height - slow} width={bar} height={slow} />
            <title>{minuteInWords(minute, unit)}</title>
          </g>
        );
      })}
      <path class="hour-line" d={`M0 ${callsHeight}h${minutes.length * width}M0 ${height}h${minutes.length * width}`} />
    </svg>
  );
}
