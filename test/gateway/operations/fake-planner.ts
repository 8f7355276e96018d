import { existsSync, writeFileSync } from 'node:fs';
import type { Question, Reply } from '../../../gateway/operations/planner-process.ts';

// A planning process whose texts say what becomes of them: `hang`, `eat` memory, `die`, `die once FILE`, `fail`, `refuse`, `deep`. Others are
// planned; what stands in quotes is their literal.

process.on('message', (question: Question) => {
  try {
    process.send?.(reply(question));
  } catch (error) {
    process.send?.({ failure: String(error) } satisfies Reply);
  }
});
process.on('disconnect', () => process.exit());

function reply(question: Question): Reply {
  if (question.kind === 'load') return question.sdl === 'broken' ? { faults: ['it is broken'] } : { answer: [] };
  if (question.kind === 'compose') return { answer: { sdl: '', subgraphs: [], hints: [] } };
  const { kind, query } = question;
  const no = [{ message: 'no', extensions: { code: 'NO' } }];
  if (query === 'refuse') return kind === 'read' ? { answer: { kind: 'refused', errors: no } } : { refused: no };
  if (kind === 'introspect') act(query);
  if (kind === 'introspect') return { answer: JSON.stringify(question.variables) };
  if (kind === 'read') {
    return { answer: { kind: 'read', id: idOf(query), literals: { value: /"(.*)"/.exec(query)?.[1] }, cost } };
  }
  act(query);
  if (query === 'deep') {
    const nested = '{"kind":"sequence","steps":['.repeat(50_000) + ']}'.repeat(50_000);
    const rest = '"kind":"query","variables":[],"inputTypes":{},"selections":[],"enums":{},"interfaceObjects":[]';
    return { answer: { kind: 'planned', id: 'deep', program: `{${rest},"steps":${nested}}` } };
  }
  const program = {
    kind: 'query',
    variables: [],
    inputTypes: {},
    selections: [{ type: 'Query', fields: [] }],
    enums: {},
    interfaceObjects: [],
  };
  return { answer: { kind: 'planned', id: idOf(query), program: JSON.stringify(program) } };
}

const cost = { terms: [], total: 0, inputs: {}, objects: [{ weight: 0, fields: [] }], root: 0 };

function act(query: string): void {
  const [verb, file] = query.split(' once ');
  if (verb?.startsWith('hang')) for (;;);
  if (verb === 'fail') throw new Error('the planner has a fault');
  if (verb === 'eat') {
    const eaten: object[] = [];
    for (;;) eaten.push({ more: [eaten.length] });
  }
  if (verb !== 'die' || (file && existsSync(file))) return;
  if (file) writeFileSync(file, '');
  process.exit(1);
}

function idOf(query: string): string {
  return query.replace(/".*"/, '?');
}
