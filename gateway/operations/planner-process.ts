import { readdirSync, writeFileSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { setPriority } from 'node:os';
import type { Supergraph } from '../supergraph/compose.ts';
import { CompositionError } from '../supergraph/errors.ts';
import type { SubgraphSchema } from '../supergraph/schema.ts';
import type { Planner, PlannerOptions, Planning, Reading } from './planner.ts';
import { OperationRefusedError, type Refusal } from './refusal.ts';
import type { Denied, Rule } from './rule.ts';

// The process that `process.ts` starts. It imports Apollo's packages, which the serving process never does; it composes and loads one
// supergraph, and from then on plans for it. It's asked one thing after the other.

/** What the process is asked. */
export type Question =
  | { readonly kind: 'compose'; readonly schemas: readonly SubgraphSchema[] }
  | { readonly kind: 'load'; readonly sdl: string; readonly options?: PlannerOptions }
  | ({ readonly kind: 'read' } & Asked)
  | ({ readonly kind: 'plan' } & Asked)
  | { readonly kind: 'introspect'; readonly query: string; readonly variables: Readonly<Record<string, unknown>> };

/** What a client asks. */
interface Asked {
  readonly query: string;
  readonly operationName: string | undefined;
  /** Which rules fail for that client. @default none */
  readonly denied?: Denied;
}

/** What it answers to each kind of question. */
export interface Answers {
  readonly compose: Supergraph;
  /** The rules of the supergraph. */
  readonly load: readonly Rule[];
  readonly read: Reading;
  readonly plan: Planning;
  readonly introspect: string;
}

/** How answers travel. Errors lose their class on the way, so what a person can mend travels as faults or refusals. */
export type Reply =
  | { readonly answer: Answers[Question['kind']] }
  | { readonly faults: readonly string[] }
  | { readonly refused: readonly Refusal[] }
  | { readonly failure: string };

try {
  // V8 aborts where its memory ends: a core file, where the system writes any, would be as large as all of it, at a client's will.
  if (process.platform === 'linux') writeFileSync('/proc/self/coredump_filter', '0');
} catch {
  // Without /proc.
}
// Serving comes first: it answers in a millisecond what planning delays by a time slice. On Linux each thread has a priority of its own,
// and those that collect garbage are there already.
try {
  const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [process.pid];
  for (const thread of threads) setPriority(thread, 5);
} catch {
  // Without /proc, or where nobody may change priorities.
}
// A Ctrl-C reaches every process of the terminal; when this one ends is for the one that started it to say.
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => {});
process.on('disconnect', () => process.exit());

// It's needed in any case, and takes longest: while it is read, the schemas are.
const importing = import('./planner.ts');
importing.catch(() => {});
let planner: Planner | undefined;

process.on('message', async (question: Question) => {
  const reply = await answer(question).then(
    (value): Reply => ({ answer: value }),
    (error: unknown): Reply => {
      if (error instanceof CompositionError) return { faults: error.faults };
      if (error instanceof OperationRefusedError) return { refused: error.errors };
      return { failure: error instanceof Error ? (error.stack ?? error.message) : String(error) };
    },
  );
  process.send?.(reply);
});

async function answer(question: Question): Promise<Answers[Question['kind']]> {
  if (question.kind === 'compose') {
    const { compose } = await import('../supergraph/compose.ts');
    return compose(question.schemas);
  }
  if (question.kind === 'load') {
    planner = await (await importing).Planner.load(question.sdl, question.options);
    // All that it needs is imported now, and a process that is ended writes nothing.
    setImmediate(flushCompileCache);
    return planner.rules;
  }
  if (!planner) throw new Error('expected a supergraph to be loaded');
  const { query } = question;
  if (question.kind === 'introspect') return planner.introspect(query, question.variables);
  const { operationName, denied } = question;
  return question.kind === 'read'
    ? planner.read(query, operationName, denied)
    : planner.plan(query, operationName, denied);
}
