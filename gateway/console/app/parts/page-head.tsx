import type { ComponentChildren } from 'preact';
import { useEffect } from 'preact/hooks';

export interface PageHeadProps {
  /** Also the window's title. */
  readonly title: string;
  readonly children?: ComponentChildren;
}

/** A page's heading, with what belongs beside it. Other pages' headings get the focus when they open, so that a screen reader begins there. */
export function PageHead({ title, children }: PageHeadProps) {
  useEffect(() => {
    document.title = `${title} · Junction`;
  }, [title]);
  return (
    <div class="page-head">
      <h1 tabIndex={-1}>{title}</h1>
      {children}
    </div>
  );
}
