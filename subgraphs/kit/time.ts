import { Temporal } from 'temporal-polyfill';
import type { Raw } from './source.ts';

/**
 * How a system writes moments: as a number since 1970, as digits, as text, or in a database's own types: `moment` knows its zone
 * (timestamptz, MySQL's timestamp), `datetime` doesn't, `date` is the day's first moment.
 */
export type TimestampForm =
  | 'seconds'
  | 'milliseconds'
  | 'yyyyMMddHHmmss'
  | 'yyyy-MM-dd HH:mm:ss'
  | 'moment'
  | 'datetime'
  | 'date';

const wallClock = /^(\d{4})-?(\d\d)-?(\d\d)(?:[ T]?(\d\d):?(\d\d):?(\d\d)(\.\d+)?)?$/;
const withZone = /[ T]\d\d:\d\d.*(?:Z|[+-]\d\d(?::?\d\d)?)$/i;

/**
 * The ISO 8601 text, in UTC with milliseconds, of a moment in a system's own form; null for null and for what is no moment. Text
 * without a zone is a clock on a wall in `zone`; the hour that comes twice in autumn is taken for the first.
 */
export function fromTimestamp(raw: unknown, form: TimestampForm, zone = 'UTC'): string | null {
  if (raw === null || raw === undefined || raw === '') return null;
  if (form === 'seconds' || form === 'milliseconds') {
    const number = Number(raw);
    return Number.isFinite(number) ? toUtc(form === 'seconds' ? number * 1000 : number) : null;
  }
  const text = String(raw);
  if (withZone.test(text)) return toUtc(text.replace(' ', 'T').replace(/([+-]\d\d)$/, '$1:00'));
  const [, year, month, day, hour = '00', minute = '00', second = '00', fraction = ''] = wallClock.exec(text) ?? [];
  if (year === undefined || month === '00' || day === '00') return null;
  const clock = `${year}-${month}-${day}T${hour}:${minute}:${second}${fraction.slice(0, 10)}`;
  return zone === 'UTC' ? toUtc(`${clock}Z`) : inZone(clock, zone);
}

/** A moment in a system's own form, the first that isn't read as one before it; the value is what the DateTime scalar accepted. */
export function toTimestamp(value: unknown, form: TimestampForm, zone = 'UTC'): Raw {
  const milliseconds = Date.parse(String(value));
  if (form === 'milliseconds') return milliseconds;
  if (form === 'seconds') return Math.ceil(milliseconds / 1000);
  if (form === 'moment') return new Date(milliseconds).toISOString();
  const whole = form === 'datetime' ? milliseconds : Math.ceil(milliseconds / 1000) * 1000;
  const moment = Temporal.Instant.fromEpochMilliseconds(whole).toZonedDateTimeISO(zone);
  if (form === 'date') {
    const day = moment.toPlainDate();
    const isBegun = day.toZonedDateTime(zone).epochMilliseconds < whole;
    return (isBegun ? day.add({ days: 1 }) : day).toString();
  }
  const text = clockOf(moment)
    .toString({ fractionalSecondDigits: form === 'datetime' ? 3 : 0 })
    .replace('T', ' ');
  return form === 'yyyyMMddHHmmss' ? text.replace(/\D/g, '') : text;
}

/** The day of a moment in a zone, as `yyyy-MM-dd`. */
export function dayIn(moment: string | null, zone: string): string | null {
  return moment === null ? null : Temporal.Instant.from(moment).toZonedDateTimeISO(zone).toPlainDate().toString();
}

/** A moment, given as milliseconds or as text with a zone, in ISO 8601 and UTC; null when it is none. */
export function toUtc(moment: string | number): string | null {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}

/** Whether there is a time zone of this name in the IANA database. */
export function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

/**
 * What the clock on the wall shows. The second time that an hour comes, its clocks are read as those of the first: the next that
 * is not is where the hour ends.
 */
function clockOf(moment: Temporal.ZonedDateTime): Temporal.PlainDateTime {
  const clock = moment.toPlainDateTime();
  if (clock.toZonedDateTime(moment).epochMilliseconds === moment.epochMilliseconds) return clock;
  const change = moment.add({ nanoseconds: 1 }).getTimeZoneTransition('previous');
  return change ? change.subtract({ nanoseconds: 1 }).toPlainDateTime().add({ nanoseconds: 1 }) : clock;
}

function inZone(clock: string, zone: string): string | null {
  try {
    return toUtc(Temporal.PlainDateTime.from(clock).toZonedDateTime(zone).epochMilliseconds);
  } catch {
    return null;
  }
}
