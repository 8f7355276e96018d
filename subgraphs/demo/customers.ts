import { blemishes } from './blemishes.ts';
import { day, trading } from './calendar.ts';
import { type Country, countries } from './countries.ts';
import { type Random, randomFor } from './random.ts';

/** Who buys from the demo company. */
export interface Customer {
  readonly id: string;
  readonly name: string;
  readonly email: string | null;
  /** With country code, as people write it: `+49 30 2000083`. */
  readonly phone: string | null;
  readonly segment: 'consumer' | 'small' | 'enterprise' | 'wholesale' | 'government';
  readonly createdAt: number;
  readonly channel: 'email' | 'phone' | 'sms' | 'post';
  readonly consent: boolean;
  readonly country: Country;
  readonly addresses: readonly Address[];
}

/** Where a customer lives or gets goods. */
export interface Address {
  readonly kind: 'billing' | 'shipping';
  readonly street: string;
  readonly zip: string;
  readonly town: string;
  readonly country: string;
}

/** Part of the customers are older than the first order; the others came while orders came in. */
const olderShare = 0.6;

/** The customers, in order of id and of the time when they came. */
export function makeCustomers(count: number): readonly Customer[] {
  return Array.from({ length: count }, (_, index) => customer(index, count));
}

/** How many of the customers were there at a moment of the trading time. */
export function customersAt(moment: number, count: number): number {
  const older = Math.floor(count * olderShare);
  return older + Math.floor(((moment - trading.start) / trading.length) * (count - older));
}

function customer(index: number, count: number): Customer {
  const random = randomFor('customer', index);
  const known = knownCustomers[index];
  const country: Country = known ? countries[known.country] : random.weighted(countriesByWeight);
  const segment =
    known?.segment ??
    random.weighted([
      ['consumer', 78],
      ['small', 14],
      ['enterprise', 3],
      ['wholesale', 5],
    ]);
  const family = random.pick(country.family);
  const given = random.pick(country.given);
  const id = String(10001 + index);
  const person = country.familyFirst ? `${family} ${given}` : `${given} ${family}`;
  const latin = plain(segment === 'consumer' ? `${given}.${family}` : family) || 'kontakt';
  const email = `${latin}.${id}@example.${random.pick(['com', 'org', 'net'])}`;
  const phone = `${random.pick(country.phones)}${2_000_000 + index * 83}`;
  return {
    id,
    name: known?.name ?? (segment === 'consumer' ? person : `${family} ${country.company}`),
    email: known ? known.email : random.chance(0.02) ? null : email,
    phone: id === blemishes.noPhone.customer || (!known && random.chance(0.02)) ? null : phone,
    segment,
    createdAt: cameAt(index, count, random),
    channel: random.weighted([
      ['email', 70],
      ['phone', 15],
      ['sms', 10],
      ['post', 5],
    ]),
    consent: random.chance(0.55),
    country,
    addresses: addresses(country, random),
  };
}

function cameAt(index: number, count: number, random: Random): number {
  const older = Math.floor(count * olderShare);
  const before =
    index < older
      ? trading.start - ((older - index) / older) * trading.length
      : trading.start + ((index - older) / (count - older)) * trading.length;
  return Math.floor(before - random.fraction() * (day / 2));
}

function addresses(country: Country, random: Random): Address[] {
  const address = (kind: Address['kind']): Address => {
    const [town, zip] = random.pick(country.towns);
    return { kind, street: `${random.pick(country.streets)} ${random.int(1, 180)}`, zip, town, country: country.code };
  };
  const billing = address('billing');
  return random.chance(0.3) ? [billing, address('shipping')] : [billing, { ...billing, kind: 'shipping' }];
}

/** Small Latin letters without accents; empty for other writings. */
function plain(name: string): string {
  return name
    .toLowerCase()
    .replaceAll('ß', 'ss')
    .replaceAll('ł', 'l')
    .normalize('NFKD')
    .replace(/[^a-z.]/g, '')
    .replace(/^\.|\.$/g, '');
}

const countriesByWeight = Object.values<Country>(countries).map((country) => [country, country.weight] as const);

interface KnownCustomer {
  readonly name: string;
  readonly country: keyof typeof countries;
  readonly segment: Customer['segment'];
  readonly email: string | null;
}

/** The first customers are the same at every scale. */
const knownCustomers: readonly KnownCustomer[] = [
  { name: 'Großhandel Weiß & Söhne GmbH', country: 'DE', segment: 'wholesale', email: 'einkauf@weiss-soehne.example' },
  { name: 'Ayuntamiento de Cádiz', country: 'ES', segment: 'government', email: 'compras@cadiz.example' },
  { name: blemishes.names[10003], country: 'GR', segment: 'consumer', email: 'eleni@example.org' },
  { name: "Boulangerie L'Été SARL", country: 'FR', segment: 'small', email: 'bonjour@boulangerie-ete.example' },
  { name: blemishes.names[10005], country: 'JP', segment: 'consumer', email: 'hanako.sato@example.com' },
  { name: blemishes.names[10006], country: 'PL', segment: 'consumer', email: null },
  { name: "Siân O'Brien", country: 'GB', segment: 'consumer', email: 'sian.obrien@example.com' },
  { name: blemishes.names[10008], country: 'DE', segment: 'consumer', email: 'zoe.mueller@example.com' },
  { name: blemishes.names[10009], country: 'ES', segment: 'consumer', email: 'jose.nunez@example.com' },
  { name: blemishes.names[10010], country: 'BG', segment: 'consumer', email: 'ivan.petrov@example.com' },
  { name: blemishes.names[10011], country: 'AE', segment: 'consumer', email: 'mohammed.alali@example.com' },
  { name: blemishes.names[10012], country: 'CN', segment: 'consumer', email: 'xiaoming.wang@example.com' },
];

/** The customer whose record is gone from the CRM: the shop and the ERP still know the number. */
export const deletedCustomer: Customer = {
  ...customer(7, 12),
  id: blemishes.deletedCustomer.customer,
};
