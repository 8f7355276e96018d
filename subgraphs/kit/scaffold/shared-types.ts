/** The definitions of the value types, scalars and inputs that every contract shares, as far as the text uses them. */
export function sharedTypes(text: string): readonly string[] {
  const used = new Set<string>();
  const see = (within: string) => {
    for (const [name, definition] of Object.entries(definitions)) {
      if (used.has(name) || !new RegExp(`[:\\[] ?${name}\\b`).test(within)) continue;
      used.add(name);
      see(definition);
    }
  };
  see(text);
  return Object.entries(definitions).flatMap(([name, definition]) => (used.has(name) ? [definition] : []));
}

/** The names that mean the same in every contract: no type of a system may have one. */
export const sharedNames: readonly string[] = [
  ...['Query', 'Mutation', 'Subscription', 'ID', 'Int', 'Float', 'String', 'Boolean'],
  ...[
    'Money',
    'PageInfo',
    'SortDirection',
    'DateTimeRange',
    'LocalDateRange',
    'DateTime',
    'LocalDate',
    'Decimal',
    'Currency',
  ],
];

/** To the letter as in the other contracts: composition remarks on any difference. */
const definitions: Readonly<Record<string, string>> = {
  PageInfo: `"Where a page stands in its list."
type PageInfo @shareable {
  "Whether more follow."
  hasNextPage: Boolean!
  "The cursor of the last item; null on an empty page."
  endCursor: String
}`,
  SortDirection: `"Which way to order."
enum SortDirection {
  "Smallest, earliest, or first in the alphabet first."
  ASC
  "Largest, latest, or last in the alphabet first."
  DESC
}`,
  DateTimeRange: `"A period of time; an end that is left out is open."
input DateTimeRange {
  "At or after this moment."
  from: DateTime
  "Before this moment."
  before: DateTime
}`,
  LocalDateRange: `"A period of days; an end that is left out is open."
input LocalDateRange {
  "On or after this day."
  from: LocalDate
  "Before this day."
  before: LocalDate
}`,
  DateTime: `"A moment in ISO 8601, in UTC: 2026-03-29T01:30:00.000Z."
scalar DateTime @specifiedBy(url: "https://scalars.graphql.org/andimarek/date-time.html")`,
  LocalDate: `"A day in ISO 8601: 2026-03-29."
scalar LocalDate @specifiedBy(url: "https://scalars.graphql.org/andimarek/local-date.html")`,
  Decimal: `"An exact decimal number, written as a string: \\"1249.90\\"."
scalar Decimal`,
};
