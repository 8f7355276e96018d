import { useState } from 'preact/hooks';
import { config } from '../page-config.ts';
import { useCaller } from '../session/session.ts';
import { CustomerLink } from './links.tsx';
import { forgetCustomers, recentCustomers } from './recent.ts';

/** What one can look for, with what is found so in the demo company. */
const ways = [
  { name: 'A name', how: 'three letters or more, from anywhere in it', example: 'weiß' },
  { name: 'A mail address', how: 'the whole address, in any case', example: 'zoe.mueller@example.com' },
  { name: 'A telephone number', how: 'in any notation; abroad with the country’s code', example: '+49 (0)89 2000581' },
  { name: 'An order number', how: 'as it stands on the order, in any case', example: 'w100018870' },
  { name: 'A customer number', how: 'as the systems have it', example: '10001' },
] as const;

interface SearchStartProps {
  readonly onExample: (text: string) => void;
  /** Called when those who were looked at are forgotten, and what had the focus is gone with them. */
  readonly onForget: () => void;
}

/** Before anything is typed: what one can look for, and who was looked at last. */
export function SearchStart({ onExample, onForget }: SearchStartProps) {
  // In development the demo company is there; what others have, nobody knows here.
  const withExamples = config.signIn.kind === 'demo';
  return (
    <div class="search-start">
      <Recent onForget={onForget} />
      <section aria-labelledby="search-ways">
        <h2 id="search-ways">What you can look for</h2>
        <ul class="ways">
          {ways.map(({ name, how, example }) => (
            <li key={name}>
              <div>
                <strong>{name}</strong>
                <span class="soft">{how}</span>
              </div>
              {withExamples && (
                <button type="button" class="chip" onClick={() => onExample(example)}>
                  <span class="unseen">Look for </span>
                  {example}
                </button>
              )}
            </li>
          ))}
        </ul>
      </section>
    </div>
  );
}

function Recent({ onForget }: Pick<SearchStartProps, 'onForget'>) {
  useCaller();
  const [, setForgotten] = useState(0);
  const recent = recentCustomers();
  if (recent.length === 0) return null;
  return (
    <section aria-labelledby="search-recent">
      <div class="section-head">
        <h2 id="search-recent">Looked at last</h2>
        <button
          type="button"
          class="text-button"
          onClick={() => {
            forgetCustomers();
            setForgotten((times) => times + 1);
            onForget();
          }}
        >
          Forget these
        </button>
      </div>
      <ul class="recent">
        {recent.map(({ id, name }) => (
          <li key={id}>
            <CustomerLink id={id}>
              <bdi>{name}</bdi>
              <span class="soft small number">{id}</span>
            </CustomerLink>
          </li>
        ))}
      </ul>
    </section>
  );
}
