import { country, language, words } from '../format/words.ts';
import { type Answer, gapAt } from '../graph/answer.ts';
import { Empty } from '../parts/empty.tsx';
import { Facts } from '../parts/facts.tsx';
import { Panel } from '../parts/panel.tsx';
import { PartNote } from '../parts/part-note.tsx';
import type { Address, Customer } from './customer-query.ts';
import { MailLink } from './links.tsx';

interface ProfilePanelProps {
  readonly customer: Customer | undefined;
  readonly answer: Answer<unknown> | undefined;
}

/** Who it is, how to reach them, and how they want to be reached. */
export function ProfilePanel({ customer, answer }: ProfilePanelProps) {
  const withheld = answer && gapAt(answer, 'customer.email', 'customer.phone', 'customer.addresses');
  return (
    <Panel title="Profile and contact" subgraph="customers" answer={answer} rows={6} class="third">
      {customer && (
        <>
          <Facts of={factsOf(customer, withheld !== undefined)} />
          {customer.addresses && <Addresses of={customer.addresses} />}
          <PartNote what="Mail, telephone and addresses" gap={withheld} subgraph="customers" />
        </>
      )}
    </Panel>
  );
}

function factsOf({ email, phone, preferences }: Customer, noContact: boolean) {
  const { contactChannel, language: tag, marketingConsent } = preferences;
  const mail = email === null ? none('no address known') : <MailLink address={email} />;
  const telephone = phone === null ? none('no number known') : <a href={`tel:${phone}`}>{phone}</a>;
  return [
    // What there is stands here, though another part of it may be withheld.
    ...(noContact && email === null ? [] : ([['Mail', mail]] as const)),
    ...(noContact && phone === null ? [] : ([['Telephone', telephone]] as const)),
    ['Reach first by', words(contactChannel)],
    ['Language', language(tag)],
    ['Marketing', marketingConsent ? 'Agreed to receive it' : none('did not agree')],
  ] as const;
}

function none(text: string) {
  return <span class="nothing">{text.charAt(0).toUpperCase() + text.slice(1)}</span>;
}

function Addresses({ of }: { readonly of: readonly Address[] }) {
  if (of.length === 0) return <Empty>No address is known.</Empty>;
  const byText = Map.groupBy(of, ({ street, postalCode, city, countryCode }) =>
    JSON.stringify([street, postalCode, city, countryCode]),
  );
  return (
    <ul class="addresses">
      {[...byText].map(([text, same]) => {
        const [{ street, postalCode, city, countryCode }] = same as [Address];
        return (
          <li key={text}>
            <span class="label">{words(same.map(({ kind }) => kind).join(' and '))} address</span>
            <address>
              {street}
              <br />
              {[postalCode, city].filter(Boolean).join(' ')}
              <br />
              {country(countryCode)}
            </address>
          </li>
        );
      })}
    </ul>
  );
}
