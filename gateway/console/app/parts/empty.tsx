import type { ComponentChildren } from 'preact';

/** Says that there is nothing, where there might have been something. */
export function Empty({ children }: { readonly children: ComponentChildren }) {
  return <p class="empty">{children}</p>;
}
