/** One record of the fixture, in plain values: decimals, dates and moments as exact text. */
export type FixtureRow = Readonly<Record<string, string | number | null>>;

/** What a column of the fixture holds. */
export type FixtureType = 'text' | 'integer' | 'decimal' | 'date' | 'datetime';

/** The fixture's collections with their columns; `id` is the key of both. */
export const columns = {
  authors: {
    id: 'text',
    name: 'text',
    country: 'text',
    born: 'integer',
    royalty: 'decimal',
    joined: 'date',
    seen: 'datetime',
  },
  books: { id: 'text', author: 'text', title: 'text', year: 'integer', price: 'decimal' },
} as const satisfies Record<string, Record<string, FixtureType>>;

/** A name of one of the fixture's collections. */
export type FixtureCollection = keyof typeof columns;

const authors: FixtureRow[] = [
  author('a1', 'Ana Björk', 'IS', 1921, '12.50', '2019-01-31', '2026-03-29T01:30:00Z'),
  author('a2', 'Zoë "Zee" O\'Hara & <Söhne>', 'IE', null, '0.10', '2020-02-29', '2026-03-29T00:59:59Z'),
  author('a3', '李白', 'CN', 701, '12345678901234.56', '2018-12-31', '2025-10-26T01:30:00Z'),
  author('a4', 'Лев Толстой', 'RU', 1828, '-7.25', '2021-07-01', '2024-02-29T12:00:00Z'),
  author('a5', 'نجيب محفوظ', 'EG', 1911, '0', '2019-01-30', '2026-01-01T00:00:00Z'),
  author('a6', 'Ana Björk', 'IS', 1950, '99999999999999.99', '2022-05-05', '2026-01-02T00:00:00Z'),
  author('x/y ?&=%+#\'"<ü>', 'Odd, but lawful', 'IE', 1882, '3.00', '2017-06-16', '2026-01-03T00:00:00Z'),
];

const books: FixtureRow[] = [
  // Several of one year, so that a page may end among equals.
  ...Array.from({ length: 13 }, (_, i) =>
    book(`b${10 + i}`, 'a1', `Saga ${i + 1}`, 2000 + Math.floor(i / 4), `${10 + i}.90`),
  ),
  book('b30', 'a3', '静夜思', 726, '5.00'),
  book('b31', 'a3', '将进酒', 752, '5.50'),
  book('b40', 'a4', 'Война и мир', 1869, '25.00'),
  book('b41', 'a4', 'Анна Каренина', 1878, '21.00'),
  book('b42', 'a4', 'Воскресение', 1899, '18.00'),
  book('b50', 'x/y ?&=%+#\'"<ü>', 'Ulysses', 1922, '30.00'),
];

/** The fixture's records: an author with many books, some with few, and two without any. */
export const fixture: Readonly<Record<FixtureCollection, readonly FixtureRow[]>> = { authors, books };

function author(
  id: string,
  name: string,
  country: string,
  born: number | null,
  royalty: string,
  joined: string,
  seen: string,
): FixtureRow {
  return { id, name, country, born, royalty, joined, seen };
}

function book(id: string, writer: string, title: string, year: number, price: string): FixtureRow {
  return { id, author: writer, title, year, price };
}
