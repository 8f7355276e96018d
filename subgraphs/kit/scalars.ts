import { GraphQLError, GraphQLScalarType, Kind, type ValueNode } from 'graphql';
import { GraphQLCurrency, GraphQLDateTimeISO, GraphQLLocalDate } from 'graphql-scalars';

/** A value has not the form of its scalar. The message names the form, and nothing of the value. */
export class FormError extends GraphQLError {}

/**
 * The resolvers of the scalars that contracts may declare beside GraphQL's own. On the wire all are strings; a moment is
 * ISO 8601 in UTC, never a JavaScript Date. Those of `graphql-scalars` do the work; errors don't repeat the refused value.
 */
export const scalars: Readonly<Record<string, GraphQLScalarType>> = {
  DateTime: textual('DateTime', 'a moment in ISO 8601 with a zone, such as 2026-03-29T01:30:00Z', (text) =>
    // Mappings write moments so.
    isUtc.test(text) && new Date(text).toISOString() === text ? text : iso(GraphQLDateTimeISO.parseValue(text)),
  ),
  LocalDate: textual('LocalDate', 'a day in ISO 8601, such as 2026-03-29', (text) => {
    return String(GraphQLLocalDate.parseValue(text));
  }),
  Currency: textual('Currency', 'an ISO 4217 code in capital letters, such as EUR', (text) => {
    if (text !== text.toUpperCase()) throw new TypeError('small letters');
    return String(GraphQLCurrency.parseValue(text));
  }),
  Decimal: textual('Decimal', 'a decimal number written as a string, such as "1249.90"', (text) => {
    if (!/^-?\d+(\.\d+)?$/.test(text)) throw new TypeError('no decimal number');
    return text;
  }),
};

const isUtc = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A scalar that is a string of a certain form, both ways. Refuses numbers: a float can't hold a decimal exactly. */
function textual(name: string, form: string, check: (text: string) => string): GraphQLScalarType {
  const parse = (value: unknown, node?: ValueNode) => {
    try {
      if (typeof value === 'string') return check(value);
    } catch {
      // Said below, in words that name the form and not the value.
    }
    throw new FormError(`${name} expects ${form}.`, node ? { nodes: node } : {});
  };
  return new GraphQLScalarType({
    name,
    serialize: (value) => parse(value),
    parseValue: (value) => parse(value),
    parseLiteral: (node) => parse(node.kind === Kind.STRING ? node.value : undefined, node),
  });
}

function iso(moment: Date | string | number): string {
  return moment instanceof Date ? moment.toISOString() : new Date(moment).toISOString();
}
