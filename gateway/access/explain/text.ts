import { styleText } from 'node:util';
import type { RulePlaces } from '../../operations/lower/rules/explain.ts';
import type { Refusal } from '../../operations/refusal.ts';
import { demandOf, type Rule } from '../../operations/rule.ts';
import type { Help } from '../../terminal/help.ts';
import type { Caller } from '../caller.ts';
import { count, type JudgedField, type JudgedRule, type Verdict } from './judge.ts';
import { callerNames } from './options.ts';

/** What `--help` says. */
export const accessHelp: Help = {
  usage: ['npm run access', 'npm run access -- explain --as agent QUERY'],
  about:
    'Says who may see what, by the rules of the schema and of gateway.yaml: all rules, and for which demo callers they hold; or what becomes of each field of an operation, and by which rule. Starts no system. Ends with 0 where all is allowed, 1 where anything is refused, 2 where there is nothing to explain.',
  sections: [
    {
      title: 'Arguments',
      rows: [
        ['QUERY', 'a query in quotes; @FILE; or - for standard input'],
        ['--as', `who asks: ${callerNames.join(', ')}`],
        ['--scopes', 'whose token has these scopes, with commas: order:read,finance:read; beside --as, these too'],
        [
          '--claim',
          'whose token has this claim: role=agent; JSON where the value is some: groups=["a"]; again for more',
        ],
        ['--operation', 'which one, where the query has several'],
        ['--json', 'for programs (for people)'],
      ],
    },
    {
      title: 'Settings, by the environment (and what holds without)',
      rows: [
        ['GATEWAY_CONFIG', 'what policies mean, and what becomes of what is refused (gateway.yaml)'],
        ['SUPERGRAPH_CONFIG', 'the file that names the subgraphs (supergraph.yaml)'],
      ],
    },
  ],
  examples: [
    'npm run access',
    `npm run access -- explain --as agent '{ order(id: 5) { margin { amount } } }'`,
    'npm run access -- explain --scopes order:read @query.graphql',
  ],
  more: 'README.md, "Who may ask what".',
};

const marks: Readonly<Record<Verdict, string>> = {
  allowed: styleText('green', '✓'),
  partly: styleText('yellow', '~'),
  refused: styleText('red', '✗'),
  below: styleText('gray', '–'),
  empty: styleText('red', '–'),
};

/** One line of the tree: what stands left of what is said of it. */
interface Row {
  readonly left: string;
  readonly mark: string;
  readonly right: string;
}

/** The fields as a tree, and what it comes to. */
export function treeText(fields: readonly JudgedField[]): string {
  const rows = fields.flatMap((field) => rowsOf(field, '', false));
  const width = Math.min(56, Math.max(...rows.map(({ left }) => left.length)));
  const lines = rows.map(({ left, mark, right }) => {
    const name = left.trimStart();
    const indent = left.slice(0, left.length - name.length);
    return right
      ? `${indent}${mark} ${name}${' '.repeat(Math.max(0, width - left.length))}  ${right}`
      : `${indent}${mark} ${name}`;
  });
  return `${lines.join('\n')}\n\n${sumText(fields)}\n`;
}

function rowsOf(field: JudgedField, indent: string, isBelow: boolean): Row[] {
  const { key, name, verdict, of, fields } = field;
  const left = `${indent}${key === name ? name : `${key}: ${name}`}`;
  const isAlike = of.every(({ rules }) => JSON.stringify(rules) === JSON.stringify(of[0]?.rules));
  const first = of[0];
  const byType = isAlike
    ? []
    : of.map(({ type, allowed, rules }) => ({
        left: `${indent}  of ${type}`,
        mark: marks[allowed ? 'allowed' : 'refused'],
        right: rulesText(rules, allowed),
      }));
  const right = isAlike && first ? rulesText(first.rules, first.allowed) : '';
  return [
    {
      left,
      mark: marks[verdict],
      right: [right, ...(isBelow ? [] : remarks(field))].filter((text) => text !== '').join('; '),
    },
    ...byType,
    ...fields.flatMap((each) => rowsOf(each, `${indent}  `, verdict === 'refused' || verdict === 'below')),
  ];
}

function remarks({ verdict, required }: JudgedField): string[] {
  if (verdict === 'empty') return ['null: all below it is refused'];
  return verdict === 'refused' && required ? ['it may not be null, so its object is'] : [];
}

/** Of what is refused only what fails. */
function rulesText(rules: readonly JudgedRule[], allowed: boolean): string {
  const told = rules.filter(({ holds }) => allowed || !holds);
  const text = told
    .map(({ demand, at, place }) => `${demand} (${place === 'field' ? 'field' : 'type'} ${at})`)
    .join(', ');
  if (allowed) return text && styleText('gray', text);
  return text && `${styleText('red', 'requires')} ${text}`;
}

function sumText(fields: readonly JudgedField[]): string {
  const all = count(fields, () => true);
  const partly = count(fields, ({ verdict }) => verdict === 'partly');
  const refused = count(fields, ({ verdict }) => verdict !== 'allowed' && verdict !== 'partly');
  if (refused + partly === 0)
    return styleText('green', all === 1 ? 'The one field is allowed.' : `All ${all} fields are allowed.`);
  const sentences = [
    ...(refused > 0 ? [`${refused} of ${all} fields ${refused === 1 ? 'is' : 'are'} not answered.`] : []),
    ...(partly > 0 ? [`${partly} of ${all} fields ${partly === 1 ? 'is' : 'are'} answered for some types only.`] : []),
  ];
  return `${styleText('red', sentences.join(' '))} Missing: ${[...failing(fields)].join('; ')}.`;
}

/** What who asks lacks, each once. */
function failing(fields: readonly JudgedField[], all = new Set<string>()): ReadonlySet<string> {
  for (const { of, fields: below } of fields) {
    for (const { rules } of of) for (const { holds, demand } of rules) if (!holds) all.add(demand);
    failing(below, all);
  }
  return all;
}

/** Who asks, for the first line. */
export function callerText({ id, kind, scopes, claims }: Caller, name: string): string {
  const who = kind === 'demo' ? String(claims.role ?? id) : id;
  const may = kind === 'anonymous' ? 'no credential' : [...scopes].join(' ') || 'no scopes';
  return `${styleText('bold', name)} as ${styleText('bold', who)} ${styleText('gray', `(${may})`)}\n`;
}

/** Why a query can't be explained. */
export function errorText(errors: readonly Refusal[]): string {
  return errors
    .map(({ message, locations }) => {
      const [at] = locations ?? [];
      // What a request calls operationName has another name on the command line.
      const text = message.replace(
        'Expected "operationName" to choose one.',
        'Expected --operation NAME to choose one.',
      );
      return `${at ? `line ${at.line}, column ${at.column}: ` : ''}${text}`;
    })
    .join('\n');
}

/** A column of the table: who asks, and which rules hold for them. */
export interface Column {
  readonly name: string;
  holds(rule: Rule): boolean;
}

/** All rules, for whom they hold, and where they stand. */
export function rulesTable(rules: readonly RulePlaces[], columns: readonly Column[]): string {
  if (rules.length === 0) return 'The schema has no rules: everybody may ask everything.\n';
  const demands = rules.map(({ rule }) => demandOf(rule));
  const width = Math.max(...demands.map(({ length }) => length));
  const heads = columns.map(({ name }) => name).join('  ');
  const lines = rules.flatMap(({ rule, places }, index) => {
    const cells = columns.map(({ name, holds }) => {
      const left = Math.floor((name.length - 1) / 2);
      return `${' '.repeat(left)}${holds(rule) ? marks.allowed : marks.below}${' '.repeat(name.length - 1 - left)}`;
    });
    return [
      `${styleText('bold', (demands[index] ?? '').padEnd(width))}  ${cells.join('  ').trimEnd()}`,
      ...wrapped(places).map((line) => styleText('gray', `  ${line}`)),
    ];
  });
  return `${' '.repeat(width)}  ${heads}\n${lines.join('\n')}\n\nWhat stands under several rules needs all of them; a field needs those of its type, too.\n`;
}

/** Names in lines of at most 100 characters. */
function wrapped(names: readonly string[]): string[] {
  const lines: string[] = [];
  for (const [index, name] of names.entries()) {
    const next = index < names.length - 1 ? `${name},` : name;
    const last = lines.at(-1);
    if (last !== undefined && last.length + next.length < 98) lines[lines.length - 1] = `${last} ${next}`;
    else lines.push(next);
  }
  return lines;
}
