/** The business date of the demo company: nothing in its data lies later, and what is overdue is so on this day. */
export const today = '2026-11-01';

/** The beginning of `today`, in milliseconds since 1970 like every moment of the demo company. */
export const now = Date.parse(`${today}T00:00:00Z`);

export const hour = 3_600_000;
export const day = 24 * hour;

/** The three years that the orders spread over. */
export const trading = { start: now - 1095 * day, length: 1095 * day } as const;

/** The day of a moment, in UTC: 2026-10-31. */
export function dateOf(moment: number): string {
  const number = Math.floor(moment / day);
  let date = dates.get(number);
  if (date === undefined) {
    date = new Date(moment).toISOString().slice(0, 10);
    dates.set(number, date);
  }
  return date;
}

/** Few days come up again and again; formatting each anew would be a tenth of the time that the ERP's data takes. */
const dates = new Map<number, string>();

/** The day this many days after another. */
export function daysAfter(date: string, days: number): string {
  return dateOf(Date.parse(date) + days * day);
}
