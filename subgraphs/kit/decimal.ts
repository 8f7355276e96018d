interface Exact {
  /** The number without its point. */
  readonly digits: bigint;
  /** How many of the digits stand behind the point. */
  readonly scale: number;
}

/**
 * The exact product of two decimals; with `places`, rounded to so many places, half away from zero. Zeros that mean nothing are
 * left out. Throws for text that is no decimal.
 */
export function product(a: string, b: string, places?: number): string {
  const [x, y] = [parse(a), parse(b)];
  const exact = { digits: x.digits * y.digits, scale: x.scale + y.scale };
  return format(places === undefined || exact.scale <= places ? exact : rounded(exact, places));
}

/** The exact sum of two decimals, with as many places as the one that has more. Throws for text that is no decimal. */
export function sum(a: string, b: string): string {
  const [x, y] = [parse(a), parse(b)];
  const scale = Math.max(x.scale, y.scale);
  const digits = ({ digits, scale: own }: Exact) => digits * 10n ** BigInt(scale - own);
  return format({ digits: digits(x) + digits(y), scale });
}

const decimal = /^(-?)(\d+)(?:\.(\d+))?$/;

function parse(text: string): Exact {
  const match = decimal.exec(text);
  if (!match) throw new TypeError('expected a decimal number');
  const [, sign = '', whole = '', fraction = ''] = match;
  return { digits: BigInt(`${sign}${whole}${fraction}`), scale: fraction.length };
}

function rounded({ digits, scale }: Exact, places: number): Exact {
  const unit = 10n ** BigInt(scale - places);
  const half = digits < 0n ? -unit / 2n : unit / 2n;
  return { digits: (digits + half) / unit, scale: places };
}

function format({ digits, scale }: Exact): string {
  const text = String(digits < 0n ? -digits : digits).padStart(scale + 1, '0');
  const whole = text.slice(0, text.length - scale);
  const fraction = text.slice(text.length - scale).replace(/0+$/, '');
  return `${digits < 0n ? '-' : ''}${whole}${fraction && `.${fraction}`}`;
}
