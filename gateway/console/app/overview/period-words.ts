import { lastDay, type Period, type Range, type Unit } from './ranges.ts';

const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const longDayFormat = new Intl.DateTimeFormat(undefined, {
  weekday: 'short',
  day: 'numeric',
  month: 'short',
  year: 'numeric',
});
const shortDayFormat = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const monthFormat = new Intl.DateTimeFormat(undefined, { month: 'long', year: 'numeric' });
const shortMonthFormat = new Intl.DateTimeFormat(undefined, { month: 'short' });

/** Whose days they are: `Europe/Berlin`. */
export const timeZone = dayFormat.resolvedOptions().timeZone;

/** From its first day to its last. */
export function daysOf(period: Period): string {
  return dayFormat.formatRange(period.from, lastDay(period));
}

/** A period's name beside its values. */
export function placeOf(period: Period, unit: Unit): string {
  switch (unit) {
    case 'day':
      return longDayFormat.format(period.from);
    case 'week':
      return daysOf(period);
    case 'month':
      return monthFormat.format(period.from);
    case 'year':
      return String(period.from.getFullYear());
  }
}

/** Its name below an axis, as short as can be; months have their year below them, where it's another than before. */
export function tickOf({ from }: Period, unit: Unit): { readonly tick: string; readonly group?: string } {
  switch (unit) {
    case 'day':
    case 'week':
      return { tick: shortDayFormat.format(from) };
    case 'month':
      return { tick: shortMonthFormat.format(from), group: String(from.getFullYear()) };
    case 'year':
      return { tick: String(from.getFullYear()) };
  }
}

/** What a range is compared with, after "against" and beside values. */
export function earlierName({ preset, from, earlier }: Range): string {
  if (preset === '30d') return 'the 30 days before';
  if (preset === '13w') return 'the 13 weeks before';
  if (preset === '12m') return 'the 12 months before';
  if (preset === '36m') return 'the 36 months before';
  return daysOf({ from: earlier[0]?.from ?? from, before: earlier.at(-1)?.before ?? from });
}
