import type { LastHour } from '../../../telemetry/systems-report.ts';
import { clock } from '../format/times.ts';
import { duration, number } from '../format/words.ts';
import { type Column, Table } from '../parts/table.tsx';
import { CopyButton } from './copy-button.tsx';
import { HourChart } from './hour-chart.tsx';
import { failedPart, totalsOf } from './hour-totals.ts';
import type { Open } from './use-open.ts';

export interface HourProps {
  readonly title: string;
  /** Undefined where nothing is counted. */
  readonly hour: LastHour | undefined;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** Whether the chart's colours are explained. */
  readonly legend?: boolean;
}

/** The last hour of something: what it came to, a chart, and which errors there were. */
export function Hour({ title, hour, unit, legend = false }: HourProps) {
  if (!hour) {
    return (
      <div class="hour">
        <h3>{title}</h3>
        <p class="empty">Nothing is counted: METRICS=off.</p>
      </div>
    );
  }
  const totals = totalsOf(hour);
  const { calls, errors, slowestMs } = totals;
  return (
    <div class="hour">
      <div class="hour-head">
        <h3>{title}</h3>
        {calls === 0 ? (
          <span class="empty">none in the last hour</span>
        ) : (
          <span class="hour-totals">
            {number(calls)} {unit} ·{' '}
            <span class={errors > 0 ? 'hour-failed' : ''}>
              {number(errors)} failed{errors > 0 && ` (${failedPart(totals)})`}
            </span>{' '}
            · slowest {duration(slowestMs)}
          </span>
        )}
      </div>
      <HourChart hour={hour} totals={totals} unit={unit} />
      <div class="hour-axis" aria-hidden="true">
        <span>{clock(hour.minutes[0]?.at ?? '').replace(/:\d\d(?=\D*$)/, '')}</span>
        {legend && (
          <span class="hour-legend">
            <span>a minute’s {unit}</span>
            <span class="of-errors">failed</span>
            <span class="of-slow">slowest</span>
          </span>
        )}
        <span>now</span>
      </div>
    </div>
  );
}

type Failed = LastHour['errors'][number];

const columns: readonly Column<Failed>[] = [
  { name: 'Time', cell: ({ at }) => <time dateTime={at}>{clock(at)}</time> },
  { name: 'Code', cell: ({ code }) => <code>{code}</code> },
  {
    name: 'Request id',
    cell: ({ requestId }) => (
      <span class="request-id">
        <code>{requestId}</code>
        <CopyButton text={requestId} what="request id" />
      </span>
    ),
  },
];

/** Which errors an hour had, the latest first; the log has more of each, by its request id. */
export function HourErrors({
  title,
  hour,
  open,
  onToggle,
}: {
  readonly title: string;
  readonly hour: LastHour | undefined;
} & Open) {
  if (!hour || hour.errors.length === 0) return null;
  const codes = Object.entries(hour.byCode).toSorted(([, a], [, b]) => b - a);
  return (
    <details class="hour-list" open={open} onToggle={({ currentTarget }) => onToggle(currentTarget.open)}>
      <summary>
        <span class="hour-list-title">{title}</span>
        {codes.map(([code, count]) => (
          <span key={code} class="hour-code">
            <code>{code}</code> {number(count)}
          </span>
        ))}
      </summary>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached. */}
      <div class="hour-rows" tabIndex={0}>
        <Table
          label={title}
          columns={columns}
          rows={hour.errors}
          keyOf={({ at, requestId, code }) => `${at} ${requestId} ${code}`}
        />
      </div>
    </details>
  );
}
