/** What `--help` says of a command. */
export interface Help {
  /** The forms of the command line. */
  readonly usage: readonly string[];
  /** What it does. */
  readonly about: string;
  /** What may stand on the command line, and which settings count, each with its default. */
  readonly sections: readonly HelpSection[];
  readonly examples: readonly string[];
  /** Where to read on. */
  readonly more: string;
}

/** Names and what they mean, below a heading. */
export interface HelpSection {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, meaning: string])[];
}

/** As wide as any terminal is. */
const width = 80;
/** Names that are longer stand on a line of their own. */
const widestName = 24;

/** The text; what isn't to be copied is broken into lines of 80 characters. */
export function helpText({ usage, about, sections, examples, more }: Help): string {
  const parts = [
    usage.map((line, i) => `${i === 0 ? 'Usage:' : '      '} ${line}`).join('\n'),
    wrapped(about, width).join('\n'),
    ...sections.map(sectionText),
    ...(examples.length > 0 ? [['Examples', ...examples.map((line) => `  ${line}`)].join('\n')] : []),
    wrapped(`More: ${more}`, width).join('\n'),
  ];
  return `${parts.join('\n\n')}\n`;
}

function sectionText({ title, rows }: HelpSection): string {
  const names = rows.map(([name]) => name.length).filter((length) => length <= widestName);
  const column = Math.max(0, ...names) + 4;
  const indent = ' '.repeat(column);
  const lines = rows.flatMap(([name, meaning]) => {
    const [first = '', ...rest] = wrapped(meaning, width - column);
    const own = name.length > widestName;
    return [
      ...(own ? [`  ${name}`, `${indent}${first}`] : [`  ${name}`.padEnd(column) + first]),
      ...rest.map((line) => indent + line),
    ];
  });
  return [title, ...lines].join('\n');
}

/** The words of a text, in lines of at most so many characters. A line break in the text stays one. */
export function wrapped(text: string, columns: number): string[] {
  return text.split('\n').flatMap((paragraph) => {
    const lines = [''];
    for (const word of paragraph.split(' ')) {
      const line = lines.at(-1) ?? '';
      if (line === '') lines[lines.length - 1] = word;
      else if (line.length + 1 + word.length <= columns) lines[lines.length - 1] = `${line} ${word}`;
      else lines.push(word);
    }
    return lines;
  });
}
