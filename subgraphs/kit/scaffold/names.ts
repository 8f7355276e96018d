/** The words of a system's own name, in small letters: `unitPrice`, `UNIT_PRICE` and `Unit price` are `unit`, `price`. */
export function wordsOf(name: string): readonly string[] {
  const plain = name
    .replaceAll('ß', 'ss')
    .replaceAll(/[øØ]/g, 'o')
    .replaceAll(/[æÆ]/g, 'ae')
    .normalize('NFD')
    .replaceAll(/\p{M}/gu, '');
  return plain
    .replaceAll(/([a-z\d])([A-Z])/g, '$1 $2')
    .replaceAll(/([A-Z])([A-Z][a-z])/g, '$1 $2')
    .toLowerCase()
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

/** `unitPrice`: the name of a field. */
export function fieldName(words: readonly string[]): string {
  const name = words.map((word, i) => (i === 0 ? word : capital(word))).join('');
  return /^[a-z]/.test(name) ? name : name === '' ? 'value' : `value${name}`;
}

/** `UnitPrice`: the name of a type. */
export function typeName(words: readonly string[]): string {
  const name = words.map(capital).join('');
  return /^[A-Z]/.test(name) ? name : `Type${name}`;
}

/** `UNIT_PRICE`: a value of an enum. Those that GraphQL or the kit keeps for itself get a word more. */
export function enumValue(words: readonly string[]): string {
  const name = words.join('_').toUpperCase();
  if (name === '') return 'NONE';
  return /^\d/.test(name) || ['TRUE', 'FALSE', 'NULL', 'UNKNOWN'].includes(name) ? `VALUE_${name}` : name;
}

/** The value of a sort enum that the kit reads as this field: `unitPrice` → `UNIT_PRICE`. */
export function sortValue(field: string): string {
  return field.replaceAll(/[A-Z]/g, '_$&').toUpperCase();
}

/** `Unit price.`: what can be said of something of which only the name is known. */
export function sentence(words: readonly string[]): string {
  const text = words.map((word) => (/^(id|url|sku|vat|iban|ip)$/.test(word) ? word.toUpperCase() : word)).join(' ');
  return `${capital(text || 'a value')}.`;
}

/** `an order`, `a customer`. */
export function withArticle(noun: string): string {
  return `${/^[aeio]|^u[^ns]/.test(noun) ? 'an' : 'a'} ${noun}`;
}

/** The words with the last one in the singular: tables are called after what they hold many of. */
export function singular(words: readonly string[]): readonly string[] {
  return withLast(words, (word) => {
    const irregular = irregulars.find(([, many]) => many === word);
    if (irregular) return irregular[0];
    if (
      /(ss|us|is|news|series|species|data|metadata|media|info|staff|equipment|software)$/.test(word) ||
      word.length < 4
    )
      return word;
    if (/[^aeiou]ies$/.test(word)) return word.replace(/ies$/, 'y');
    if (/(ss|sh|ch|x|us|zz)es$/.test(word)) return word.replace(/es$/, '');
    return word.replace(/s$/, '');
  });
}

/** The words with the last one in the plural. */
export function plural(words: readonly string[]): readonly string[] {
  return withLast(words, (word) => {
    const irregular = irregulars.find(([one]) => one === word);
    if (irregular) return irregular[1];
    if (/(news|series|species|data|metadata|media|info|staff|equipment|software)$/.test(word)) return word;
    if (/[^aeiou]y$/.test(word)) return word.replace(/y$/, 'ies');
    return /(s|sh|ch|x|z)$/.test(word) ? `${word}es` : `${word}s`;
  });
}

/** The name, or the name and the first number from 2 that makes it one that nobody has; it is then taken. */
export function unique(name: string, taken: Set<string>): string {
  let free = name;
  for (let i = 2; taken.has(free); i++) free = `${name}${i}`;
  taken.add(free);
  return free;
}

const irregulars: readonly (readonly [string, string])[] = [
  ['person', 'people'],
  ['child', 'children'],
  ['man', 'men'],
  ['woman', 'women'],
  ['movie', 'movies'],
  ['analysis', 'analyses'],
  ['leaf', 'leaves'],
];

function withLast(words: readonly string[], change: (word: string) => string): readonly string[] {
  const last = words.at(-1);
  return last === undefined ? words : [...words.slice(0, -1), change(last)];
}

/** With a capital letter first. */
export function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
