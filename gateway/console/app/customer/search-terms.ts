import { readPhone } from './phone.ts';

/** A way of looking for somebody, in people's words. */
export type Way = 'name' | 'mail address' | 'telephone number' | 'order number' | 'customer number';

/** What is looked for, and how: variables of `searchQuery`. */
export interface SearchTerms {
  /** In which ways it is looked for; none where what was typed is too short for any. */
  readonly tried: readonly Way[];
  readonly variables: Readonly<Record<string, string | boolean>>;
}

/**
 * Tells by its form how something typed may be meant.
 * @param region the reader's country, for telephone numbers without a code
 */
export function termsOf(typed: string, region: string | undefined): SearchTerms {
  const text = typed.trim().replace(/\s+/g, ' ');
  const mail = /^\S+@\S+\.\S+$/.test(text);
  const phone = readPhone(text, region);
  const oneWord = /^[\p{L}\d._/#-]+$/u.test(text);
  const number = oneWord && /\d{3}/.test(text);
  const id = /^\d{3,12}$/.test(text);
  const name = !text.includes('@') && isName(text);
  const tried: Way[] = [];
  if (name) tried.push('name');
  if (mail) tried.push('mail address');
  if (phone) tried.push('telephone number');
  if (id) tried.push('customer number');
  if (number) tried.push('order number');
  return {
    tried,
    variables: {
      ...{ name: text, byName: name },
      ...{ mail: text, byMail: mail },
      ...{ phone: phone?.international ?? '', byPhone: phone !== undefined },
      ...{ nationalPhone: phone?.national ?? '', byNationalPhone: phone?.national !== undefined },
      ...{ number: text.toUpperCase(), byNumber: number },
      ...{ id: text, byId: id },
    },
  };
}

/** Three letters are few enough to begin with; in writings where a sign is a syllable or a word, two are. */
function isName(text: string): boolean {
  const letters = text.match(/\p{L}/gu)?.length ?? 0;
  return letters >= 3 || (letters === 2 && /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Hangul}]/u.test(text));
}
