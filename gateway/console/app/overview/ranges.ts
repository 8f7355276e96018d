/** Days, weeks, months or years of the reader's own time zone. */
export type Unit = 'day' | 'week' | 'month' | 'year';

/** A stretch of time: from a moment on, before another. */
export interface Period {
  readonly from: Date;
  readonly before: Date;
}

/** The time that is looked at, cut into periods, with as many periods of the time before that it's compared with. */
export interface Range extends Period {
  /** As the address bar has it; undefined for days that somebody chose. */
  readonly preset: Preset | undefined;
  readonly unit: Unit;
  readonly periods: readonly Period[];
  /** Each lies as far before its period as the range is long; together they are what the range is compared with. Some may be empty. */
  readonly earlier: readonly Period[];
}

/** Ranges that end today. */
export type Preset = (typeof presets)[number]['name'];

export const presets = [
  { name: '30d', title: '30 days' },
  { name: '13w', title: '13 weeks' },
  { name: '12m', title: '12 months' },
  { name: '36m', title: '36 months' },
] as const;

/** Half of the periods that the graph takes at once; the other half is for what they're compared with. */
const mostPeriods = 50;
const dayMs = 86_400_000;

/** What the address bar asks for: a preset's name, or the first and the last day. The default is a year, in which any shop has orders. */
export function rangeOf(params: URLSearchParams, now: Date): Range {
  const [from, to] = [dayOf(params.get('from')), dayOf(params.get('to'))];
  if (from && to && from <= to) return chosen(from, moved(to, { days: 1 }));
  const tomorrow = new Date(now.getFullYear(), now.getMonth(), now.getDate() + 1);
  const preset = presets.find(({ name }) => name === params.get('range'))?.name ?? '12m';
  switch (preset) {
    case '30d':
      return cut(preset, 'day', moved(tomorrow, { days: -30 }), tomorrow, { days: -30 });
    case '13w':
      return cut(preset, 'week', moved(mondayOf(now), { days: -84 }), tomorrow, { days: -91 });
    case '12m':
      return cut(preset, 'month', new Date(now.getFullYear(), now.getMonth() - 11, 1), tomorrow, { months: -12 });
    case '36m':
      return cut(preset, 'month', new Date(now.getFullYear(), now.getMonth() - 35, 1), tomorrow, { months: -36 });
  }
}

/** A local day as the address bar and date fields have it: 2026-10-31. */
export function dayText(date: Date): string {
  const [month, day] = [date.getMonth() + 1, date.getDate()].map((part) => String(part).padStart(2, '0'));
  return `${date.getFullYear()}-${month}-${day}`;
}

/** The last day of a period. */
export function lastDay({ before }: Period): Date {
  return moved(before, { days: -1 });
}

/** A calendar's step: so many months and days later, at midnight, whatever clocks do meanwhile. */
export function moved(
  date: Date,
  { days = 0, months = 0 }: { readonly days?: number; readonly months?: number },
): Date {
  return new Date(date.getFullYear(), date.getMonth() + months, date.getDate() + days);
}

/** Midnight of a day that somebody wrote; undefined for what is none, or outside of any shop's time. */
export function dayOf(text: string | null): Date | undefined {
  const [, year, month, day] = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text ?? '') ?? [];
  const date = new Date(Number(year), Number(month) - 1, Number(day));
  return dayText(date) === text && date.getFullYear() >= 1970 ? date : undefined;
}

/** Whole months are compared with as many months, all else with as many days. */
function chosen(from: Date, before: Date): Range {
  const first = new Date(Math.max(from.getTime(), moved(before, { months: -12 * (mostPeriods - 1) }).getTime()));
  const days = Math.round((before.getTime() - first.getTime()) / dayMs);
  const months = (before.getFullYear() - first.getFullYear()) * 12 + before.getMonth() - first.getMonth();
  const whole = first.getDate() === 1 && before.getDate() === 1;
  const unit = days <= 45 ? 'day' : days <= 300 ? 'week' : months <= 45 ? 'month' : 'year';
  return cut(undefined, unit, first, before, whole ? { months: -months } : { days: -days });
}

function cut(
  preset: Preset | undefined,
  unit: Unit,
  from: Date,
  before: Date,
  back: { readonly days: number } | { readonly months: number },
): Range {
  const periods: Period[] = [];
  for (let at = from; at < before; ) {
    const next = new Date(Math.min(after(at, unit).getTime(), before.getTime()));
    periods.push({ from: at, before: next });
    at = next;
  }
  // What has no day in the month that it's compared with, as 31 March in February, is compared with nothing.
  const past = (date: Date) => {
    if (!('months' in back)) return moved(date, back);
    const monthAfter = new Date(date.getFullYear(), date.getMonth() + back.months + 1, 1);
    return new Date(Math.min(moved(date, back).getTime(), monthAfter.getTime()));
  };
  const earlier = periods.map((period) => ({ from: past(period.from), before: past(period.before) }));
  return { preset, unit, from, before, periods, earlier };
}

/** Where the next period begins. */
function after(date: Date, unit: Unit): Date {
  switch (unit) {
    case 'day':
      return moved(date, { days: 1 });
    case 'week':
      return moved(mondayOf(date), { days: 7 });
    case 'month':
      return new Date(date.getFullYear(), date.getMonth() + 1, 1);
    case 'year':
      return new Date(date.getFullYear() + 1, 0, 1);
  }
}

/** Weeks begin as ISO 8601 has it. */
function mondayOf(date: Date): Date {
  return moved(date, { days: -((date.getDay() + 6) % 7) });
}
