import { styleText } from 'node:util';
import { type CheckReport, partsOf, type SubgraphCheck, type TypeCheck } from './findings.ts';

/** The report for a person at a terminal: one line for each subgraph and type, what was found below it, and the count last. */
export function reportText({ composition, subgraphs }: CheckReport, milliseconds: number): string {
  const types = subgraphs.flatMap((each) => each.types);
  const width =
    Math.max(...subgraphs.map(({ name }) => name.length), ...types.map(({ type }) => type.length + 2), 10) + 2;
  const count = counted(composition.subgraphs, 'subgraph');
  const composed = composition.faults.length > 0 ? `${count} that don't compose` : `${count}, composed`;
  const lines = [
    line('supergraph', composed, width, composition),
    ...findings(composition, '    '),
    ...subgraphs.flatMap((each) => subgraphLines(each, width)),
    '',
    lastLine({ composition, subgraphs }, milliseconds),
  ];
  return lines.join('\n');
}

function subgraphLines(subgraph: SubgraphCheck, width: number): string[] {
  return [
    '',
    line(subgraph.name, subgraph.behind, width, subgraph),
    ...findings(subgraph, '    '),
    ...subgraph.types.flatMap((type) => [
      `  ${line(type.type, readText(type), width - 2, type)}`,
      ...findings(type, '      '),
      ...type.notes.map((note) => `      ${styleText('gray', note)}`),
    ]),
  ];
}

function readText({ rows, listMs = 0, keyMs }: TypeCheck): string {
  if (rows === 'none') return styleText('gray', 'not read: no list leads to it');
  const list = `${counted(rows, 'record').padEnd(9)} ${ms(listMs)}`;
  return keyMs === undefined ? list : `${list}, by key ${ms(keyMs)}`;
}

interface Found {
  readonly faults: readonly string[];
  readonly remarks: readonly string[];
  readonly rows?: number | 'none';
}

function line(name: string, text: string, width: number, found: Found): string {
  return `${markOf(found)} ${name.padEnd(width)}${text}`;
}

function markOf({ faults, remarks, rows = 0 }: Found): string {
  if (faults.length > 0) return styleText('red', '✗');
  if (remarks.length > 0) return styleText('yellow', '!');
  return rows === 'none' ? styleText('gray', '–') : styleText('green', '✓');
}

function findings({ faults, remarks }: Found, indent: string): string[] {
  return [
    ...faults.map((fault) => `${indent}${styleText('red', fault.replaceAll('\n', `\n${indent}`))}`),
    ...remarks.map((remark) => `${indent}${styleText('yellow', remark.replaceAll('\n', `\n${indent}`))}`),
  ];
}

function lastLine(report: CheckReport, milliseconds: number): string {
  const parts = partsOf(report);
  const faults = parts.flatMap((part) => part.faults).length;
  const remarks = parts.flatMap((part) => part.remarks).length;
  const types = report.subgraphs.flatMap((each) => each.types);
  const records = types.reduce((sum, { rows }) => sum + (rows === 'none' ? 0 : rows), 0);
  const found = faults > 0 ? styleText('red', counted(faults, 'fault')) : styleText('green', 'No faults');
  const looked = [
    counted(report.subgraphs.length, 'subgraph'),
    counted(types.length, 'type'),
    `${counted(records, 'record')} read`,
    `${(milliseconds / 1000).toFixed(1)} s`,
  ];
  return `${found}, ${counted(remarks, 'remark')}. ${looked.join(', ')}.`;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

function ms(milliseconds: number): string {
  return `${Math.max(1, Math.round(milliseconds))} ms`.padStart(6);
}
