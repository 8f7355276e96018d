import { config } from '../page-config.ts';
import { Empty } from '../parts/empty.tsx';
import { Icon } from '../parts/icon.tsx';
import { Place } from './place.tsx';
import { type Run, refusalsOf, refusedPlace } from './run.ts';

/** Which fields the caller didn't get, by which rule, and what would allow them. */
export function RefusedView({ run }: { readonly run: Run }) {
  const refusals = refusalsOf(run);
  if (refusals.length === 0) return <Empty>Nothing was refused to {run.as}.</Empty>;
  return (
    <ul class="refusals" aria-label={`Refused to ${run.as}`}>
      {refusals.map((refusal) => {
        const scopes = scopesIn(refusal.message);
        const place = refusedPlace(refusal);
        return (
          <li key={`${place} ${refusal.message}`}>
            <Icon name="lock" />
            <div>
              <Place class="refusal-place" of={place || 'the whole operation'} />
              <p>{refusal.message}</p>
              {scopes.length > 0 && (
                <p class="refusal-scopes">
                  Allowed by{' '}
                  {scopes.map((scope, i) => (
                    <span key={scope}>
                      {i > 0 && ', '}
                      <code>{scope}</code>
                    </span>
                  ))}
                  {allowed(scopes)}.
                </p>
              )}
            </div>
          </li>
        );
      })}
    </ul>
  );
}

/** The scopes that a refusal's message names: `Not allowed: Order.margin requires the scope finance:margin.` */
function scopesIn(message: string): string[] {
  const names = Array.from(message.matchAll(/[a-z][\w.-]*:[\w:.*-]*\w/g), ([name]) => name);
  return [...new Set(names)];
}

/** Who has them, of the callers that anybody may be here. */
function allowed(scopes: readonly string[]): string {
  if (config.signIn.kind !== 'demo') return '';
  const callers = config.signIn.callers.filter((caller) => scopes.every((scope) => caller.scopes.includes(scope)));
  const names = callers.map(({ name }) => name);
  return names.length === 0
    ? ''
    : `, which ${new Intl.ListFormat('en').format(names)} ${names.length === 1 ? 'has' : 'have'}`;
}
