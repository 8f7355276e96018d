import type { Raw } from './source.ts';

/** How a system writes moments. */
export type TimestampForm = 'seconds' | 'milliseconds' | 'yyyyMMddHHmmss' | 'yyyy-MM-dd HH:mm:ss';

/** The ISO 8601 text, in UTC with milliseconds, of a moment in a system's own form; null for null and for what is no moment. */
export function fromTimestamp(raw: unknown, form: TimestampForm): string | null {
  if (raw === null || raw === undefined || raw === '') return null;
  if (form === 'yyyyMMddHHmmss' || form === 'yyyy-MM-dd HH:mm:ss') {
    const digits = /^(\d{4})-?(\d\d)-?(\d\d) ?(\d\d):?(\d\d):?(\d\d)$/.exec(String(raw));
    return digits ? toUtc(`${digits[1]}-${digits[2]}-${digits[3]}T${digits[4]}:${digits[5]}:${digits[6]}Z`) : null;
  }
  const number = Number(raw);
  return Number.isFinite(number) ? toUtc(form === 'seconds' ? number * 1000 : number) : null;
}

/** A moment in a system's own form; the value is what the DateTime scalar accepted. */
export function toTimestamp(value: unknown, form: TimestampForm): Raw {
  const milliseconds = Date.parse(String(value));
  if (form === 'milliseconds') return milliseconds;
  if (form === 'seconds') return Math.ceil(milliseconds / 1000);
  const text = new Date(Math.ceil(milliseconds / 1000) * 1000).toISOString().slice(0, 19).replace('T', ' ');
  return form === 'yyyyMMddHHmmss' ? text.replace(/\D/g, '') : text;
}

/** A moment, given as milliseconds or as text with a zone, in ISO 8601 and UTC; null when it is none. */
export function toUtc(moment: string | number): string | null {
  const date = new Date(moment);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
