const dayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium' });
const plainDayFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeZone: 'UTC' });
const momentFormat = new Intl.DateTimeFormat(undefined, { dateStyle: 'medium', timeStyle: 'short' });
const clockFormat = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });
const relativeFormat = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto' });

/** The day of a moment in the reader's time zone, or a day (`2026-03-29`) as it is. */
export function day(text: string): string {
  return text.length === 10 ? plainDayFormat.format(new Date(text)) : dayFormat.format(new Date(text));
}

/** Day and time in the reader's time zone. */
export function moment(text: string | Date): string {
  return momentFormat.format(new Date(text));
}

/** The time of day, with seconds. */
export function clock(text: string | Date): string {
  return clockFormat.format(new Date(text));
}

const steps = [
  ['year', 365 * 86_400],
  ['month', 30 * 86_400],
  ['week', 7 * 86_400],
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
] as const;

/** Whole days from a day (`2026-10-31`) to the reader's own. */
export function daysSince(text: string, now = Date.now()): number {
  const here = new Date(now);
  const today = Date.UTC(here.getFullYear(), here.getMonth(), here.getDate());
  return Math.round((today - Date.parse(text)) / 86_400_000);
}

/** How long ago, or how far ahead: `3 days ago`. A day (`2026-10-31`) is as near as days are: `yesterday`. */
export function relative(text: string, now = Date.now()): string {
  const isDay = text.length === 10;
  const seconds = isDay ? -86_400 * daysSince(text, now) : (Date.parse(text) - now) / 1000;
  if (isDay && seconds === 0) return relativeFormat.format(0, 'day');
  const step = steps.find(([, size]) => Math.abs(seconds) >= size);
  return step ? relativeFormat.format(Math.trunc(seconds / step[1]), step[0]) : relativeFormat.format(0, 'second');
}
