/** An amount in one currency, as every schema's `Money` has it: exact decimal text and an ISO 4217 code. */
export interface Money {
  readonly amount: string;
  readonly currencyCode: string;
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

/** How many places a currency has: 2 for EUR, 0 for JPY, 3 for KWD (ISO 4217); 2 for a code that isn't known. */
export function places(currencyCode: string): number {
  let known = placesByCurrency.get(currencyCode);
  if (known === undefined) {
    known = /^[A-Z]{3}$/.test(currencyCode)
      ? (new Intl.NumberFormat('en', { style: 'currency', currency: currencyCode }).resolvedOptions()
          .maximumFractionDigits ?? 2)
      : 2;
    placesByCurrency.set(currencyCode, known);
  }
  return known;
}

const placesByCurrency = new Map<string, number>();

/** Decimal text of a whole number of the currency's smallest unit: 124990 EUR is "1249.90". Throws for anything else. */
export function fromMinor(minor: unknown, currencyCode: string): string {
  const text = String(minor);
  if (!/^-?\d+$/.test(text)) throw new TypeError(`expected a whole number of minor units, got ${typeof minor}`);
  const scale = places(currencyCode);
  if (scale === 0) return BigInt(text).toString();
  const negative = text.startsWith('-');
  const digits = (negative ? text.slice(1) : text).padStart(scale + 1, '0');
  return `${negative ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}

/** The whole number of smallest units in decimal text. Throws for text that is no decimal or has more places than the currency. */
export function toMinor(amount: string, currencyCode: string): bigint {
  const match = decimal.exec(amount);
  const scale = places(currencyCode);
  const fraction = (match?.[3] ?? '').replace(/0+$/, '');
  if (!match || fraction.length > scale)
    throw new TypeError(`expected at most ${scale} places in an amount of ${currencyCode}`);
  const minor = BigInt(`${match[2]}${fraction.padEnd(scale, '0')}`);
  return match[1] ? -minor : minor;
}

/** Decimal text with at least the currency's places; more places than that are kept, since money is never rounded here. */
export function rescale(value: unknown, currencyCode: string): string {
  const match = decimal.exec(String(value));
  if (!match) throw new TypeError(`expected a decimal number, got ${typeof value}`);
  const scale = places(currencyCode);
  const fraction = (match[3] ?? '').replace(/0+$/, '').padEnd(scale, '0');
  return `${match[1]}${match[2]}${fraction ? `.${fraction}` : ''}`;
}
