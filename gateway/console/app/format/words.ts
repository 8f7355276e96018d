/** An enum's value for people: `PARTIALLY_PAID` is `Partially paid`. */
export function words(value: string): string {
  const text = value.toLowerCase().replaceAll('_', ' ');
  return text.charAt(0).toUpperCase() + text.slice(1);
}

const numbers = new Intl.NumberFormat();

/** A number in the reader's locale. */
export function number(value: number): string {
  return numbers.format(value);
}

/** Milliseconds: `340 ms`, `1.2 s`. */
export function duration(ms: number): string {
  if (ms < 1) return `${ms.toFixed(1)} ms`;
  return ms < 1000 ? `${Math.round(ms)} ms` : `${(ms / 1000).toFixed(1)} s`;
}

const languages = new Intl.DisplayNames(undefined, { type: 'language' });
const regions = new Intl.DisplayNames(undefined, { type: 'region' });

/** A BCP 47 tag as the reader's word for it; the tag where it's none. */
export function language(tag: string): string {
  try {
    return languages.of(tag) ?? tag;
  } catch {
    return tag;
  }
}

/** An ISO 3166-1 code as the reader's word for it; the code where it's none. */
export function country(code: string): string {
  try {
    return regions.of(code) ?? code;
  } catch {
    return code;
  }
}
