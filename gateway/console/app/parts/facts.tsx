import type { ComponentChildren } from 'preact';

/** Names with what they are: a definition list. What is undefined or null is shown as a dash, since its name was asked for. */
export function Facts({ of }: { readonly of: readonly (readonly [string, ComponentChildren])[] }) {
  return (
    <dl class="facts">
      {of.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{value ?? <span class="nothing">–</span>}</dd>
        </div>
      ))}
    </dl>
  );
}
