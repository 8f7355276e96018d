/** A telephone number as it may be meant, with its country's code: `+49892000581`. */
export interface PhoneReadings {
  /** As it would be with the code in it. */
  readonly international: string;
  /** As it would be in the reader's own country; undefined where it can't be, or its code isn't known. */
  readonly national: string | undefined;
}

/**
 * Reads a telephone number in any common notation: `+49 (0)89 2000581`, `0049-89-2000581`, `089/2000581`. Undefined where it's none.
 * @param region the reader's country, as an ISO 3166-1 alpha-2 code
 */
export function readPhone(text: string, region: string | undefined): PhoneReadings | undefined {
  if (!/^\+?[\d\s()./-]+$/.test(text)) return undefined;
  // The trunk zero that isn't dialled from abroad.
  const digits = text.replace(/\(0\)/, '').replace(/\D/g, '');
  if (digits.length < 6 || digits.length > 17) return undefined;
  const code = region === undefined ? undefined : callingCodes[region];
  if (text.startsWith('+')) return { international: `+${digits}`, national: undefined };
  if (digits.startsWith('00')) return { international: `+${digits.slice(2)}`, national: undefined };
  const national =
    code === undefined ? undefined : `+${code}${keepsZero.has(code) ? digits : digits.replace(/^0/, '')}`;
  return { international: `+${digits}`, national };
}

/** The reader's country, as far as their language tells. */
export function readerRegion(tag: string): string | undefined {
  return new Intl.Locale(tag).maximize().region;
}

/** Where the first zero is dialled from abroad, too. */
const keepsZero: ReadonlySet<string> = new Set(['39']);

/** Of Europe and of the largest countries elsewhere: whose is missing types the code as well. */
const callingCodes: Readonly<Record<string, string>> = {
  ...{
    AT: '43',
    BE: '32',
    BG: '359',
    CH: '41',
    CZ: '420',
    DE: '49',
    DK: '45',
    EE: '372',
    ES: '34',
    FI: '358',
    FR: '33',
  },
  ...{ GB: '44', GR: '30', HR: '385', HU: '36', IE: '353', IS: '354', IT: '39', LT: '370', LU: '352', LV: '371' },
  ...{ NL: '31', NO: '47', PL: '48', PT: '351', RO: '40', SE: '46', SI: '386', SK: '421', TR: '90', UA: '380' },
  ...{ AE: '971', AU: '61', BR: '55', CA: '1', CN: '86', ID: '62', IL: '972', IN: '91', JP: '81', KR: '82', MX: '52' },
  ...{ NZ: '64', SG: '65', US: '1', ZA: '27' },
};
