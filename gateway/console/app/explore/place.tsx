import { Fragment } from 'preact';

/** A path, such as `customer.orders.nodes[]`, which breaks before its dots where it has to. */
export function Place({ of: path, class: name }: { readonly of: string; readonly class?: string }) {
  return (
    <code class={name}>
      {path.split(/(?=\.)/).map((part, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: its parts have no names of their own.
        <Fragment key={i}>
          {i > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </code>
  );
}
