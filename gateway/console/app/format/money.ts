/** As the graph has it: an exact decimal text and an ISO 4217 code. */
export interface Money {
  readonly amount: string;
  readonly currencyCode: string;
}

/** An amount in the reader's locale: `1.249,90 €`. The text is formatted as it is, so that no digit is lost. */
export function money({ amount, currencyCode }: Money): string {
  const format = formatOf(currencyCode);
  // By the specification of Intl.NumberFormat texts are taken as exact numbers.
  return format.format(amount as `${number}`);
}

/** Sums by currency, exact; currencies in the order of their first amounts. */
export function sums(amounts: readonly Money[]): Money[] {
  const units = new Map<string, bigint>();
  for (const { amount, currencyCode } of amounts) {
    units.set(currencyCode, (units.get(currencyCode) ?? 0n) + scaled(amount));
  }
  return [...units].map(([currencyCode, sum]) => ({ amount: unscaled(sum), currencyCode }));
}

/** Whether it is zero, in whatever notation. */
export function isZero({ amount }: Money): boolean {
  return scaled(amount) === 0n;
}

/** More places than any currency has. */
const places = 6;

function scaled(text: string): bigint {
  const [whole = '0', fraction = ''] = text.replace('-', '').split('.');
  const units = BigInt(whole + fraction.padEnd(places, '0').slice(0, places));
  return text.startsWith('-') ? -units : units;
}

function unscaled(units: bigint): string {
  const digits = (units < 0n ? -units : units).toString().padStart(places + 1, '0');
  return `${units < 0n ? '-' : ''}${digits.slice(0, -places)}.${digits.slice(-places)}`;
}

const formats = new Map<string, Intl.NumberFormat>();

function formatOf(currency: string): Intl.NumberFormat {
  let format = formats.get(currency);
  if (!format) {
    format = new Intl.NumberFormat(undefined, { style: 'currency', currency });
    formats.set(currency, format);
  }
  return format;
}
