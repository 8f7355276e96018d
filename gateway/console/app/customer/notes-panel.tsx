import { number } from '../format/words.ts';
import { type Answer, gapOfField } from '../graph/answer.ts';
import { Empty } from '../parts/empty.tsx';
import { Panel } from '../parts/panel.tsx';
import { When } from '../parts/when.tsx';
import type { Customer } from './customer-query.ts';

interface NotesPanelProps {
  readonly customer: Customer | undefined;
  readonly answer: Answer<unknown> | undefined;
}

/** What staff wrote down about the customer. */
export function NotesPanel({ customer, answer }: NotesPanelProps) {
  const notes = customer?.notes;
  const gap = customer && answer && !notes ? gapOfField(answer, 'customer.notes') : undefined;
  return (
    <Panel
      title="Notes"
      subgraph="customers"
      answer={answer}
      gap={gap}
      aside={notes && notes.totalCount > 0 && number(notes.totalCount)}
    >
      {notes && notes.nodes.length === 0 && <Empty>Nobody has written anything.</Empty>}
      {notes && notes.nodes.length > 0 && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard.
        <ul class="notes scrolls" tabIndex={0} aria-label="Notes">
          {notes.nodes.map(({ id, body, author, writtenAt }) => (
            <li key={id}>
              <p>{body}</p>
              <p class="soft small">
                {author}, <When at={writtenAt} />
              </p>
            </li>
          ))}
        </ul>
      )}
      {notes && notes.totalCount > notes.nodes.length && (
        <p class="soft small">
          The latest {number(notes.nodes.length)} of {number(notes.totalCount)}.
        </p>
      )}
    </Panel>
  );
}
