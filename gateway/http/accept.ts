import { remembered } from './remembered.ts';
import { isUtf8, mediaType, type Weighted, weighted } from './weighted.ts';

/** The media types that answers come in. They differ in what a status says: see `over-http.ts`. */
export type AnswerType = 'application/json' | 'application/graphql-response+json';

/** The compressions that answers come in. */
export type Encoding = 'br' | 'gzip';

/** Which media type an Accept header asks for; undefined for one that asks for neither. */
export const answerType = remembered((accept: string): AnswerType | undefined => {
  if (accept.trim() === '') return 'application/json';
  const ranges = weighted(accept).filter(({ charset }) => isUtf8(charset));
  const json = fit(ranges, 'application/json');
  const response = fit(ranges, 'application/graphql-response+json');
  if (json.weight === 0 && response.weight === 0) return undefined;
  // Without a preference it's the one that is named, then the one that is named first, then the one that everybody can read.
  const preferred =
    response.weight - json.weight ||
    response.precision - json.precision ||
    (json.precision > 2 ? json.place - response.place : 0);
  return preferred > 0 ? 'application/graphql-response+json' : 'application/json';
});

/** Whether an Accept header names HTML, as browsers do where they open a page. */
export const namesHtml = remembered((accept: string): boolean =>
  weighted(accept).some(({ name, weight }) => name === 'text/html' && weight > 0),
);

/** Which compression an Accept-Encoding header allows, the one that costs least where it allows several. */
export const answerEncoding = remembered((accept: string): Encoding | undefined => {
  const codings = weighted(accept);
  const weight = (name: string) => codings.find((each) => each.name === name)?.weight;
  const gzip = weight('gzip') ?? weight('*') ?? 0;
  const br = weight('br') ?? weight('*') ?? 0;
  if (gzip === 0 && br === 0) return undefined;
  return br >= gzip ? 'br' : 'gzip';
});

/** Whether a content type is JSON in UTF-8. */
export const isJson = remembered((contentType: string): boolean => {
  const type = mediaType(contentType);
  return type?.essence === 'application/json' && isUtf8(type.params.get('charset'));
});

/** How a list of media ranges sees a type: the most precise range that it fits decides (RFC 9110, section 12.5.1). */
function fit(ranges: readonly Weighted[], type: AnswerType): { weight: number; precision: number; place: number } {
  const names = ['', '*/*', 'application/*', type];
  const places = names.map((name) => ranges.findIndex((range) => range.name === name));
  const precision = places.findLastIndex((place) => place >= 0);
  const place = places[precision] ?? -1;
  return { weight: ranges[place]?.weight ?? 0, precision, place };
}
