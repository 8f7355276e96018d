/** A string, a spread, a name with its sign, a number, or a sign of its own. */
const token = /"""(?:[^"\\]|\\[\s\S]|"(?!""))*"""|"(?:[^"\\]|\\.)*"|\.\.\.|[$@]?[A-Za-z_]\w*|-?\d[\d.eE+-]*|[^\s,]/g;

/**
 * A query's text, as short as the plan has it, in lines that people can read: a field a line, by its depth. Only white space is put
 * between its words, so it stays the same query.
 */
export function toldQuery(text: string): string {
  let told = '';
  let depth = 0;
  // Arguments and values stay in their line.
  let inside = 0;
  let last = '';
  for (const [word] of text.matchAll(token)) {
    if (word === '}' && inside === 0) {
      depth -= 1;
      told += line(depth) + word;
    } else if (last === '' || (inside === 0 && depth > 0 && startsLine(word, last))) {
      told += (last === '' ? '' : line(depth)) + word;
    } else told += (isApart(word, last, inside) ? ' ' : '') + word;
    if (word === '(' || word === '[' || (word === '{' && inside > 0)) inside += 1;
    else if (word === ')' || word === ']' || (word === '}' && inside > 0)) inside -= 1;
    else if (word === '{') depth += 1;
    last = word;
  }
  return told;
}

function line(depth: number): string {
  return `\n${'  '.repeat(depth)}`;
}

/** Whether a word in a selection begins a field or a fragment there. */
function startsLine(word: string, last: string): boolean {
  if (word === '...') return true;
  return /^\w/.test(word) && !['...', ':', 'on', '@'].includes(last);
}

function isApart(word: string, last: string, inside: number): boolean {
  if (word === '{') return last !== '(' && last !== '[';
  if ([')', ']', '}', ':', '(', '!', '='].includes(word)) return word === '=';
  if (['(', '[', '{', '!'].includes(last) && last !== '!') return false;
  if (last === '...') return word === 'on' || word.startsWith('@');
  if (inside > 0 || last === ':' || last === '=') return true;
  return /^[\w$@]/.test(word);
}
