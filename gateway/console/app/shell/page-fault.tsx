import type { ComponentChildren } from 'preact';
import { useErrorBoundary } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';

/** Shows a page; where that fails, says so in its place, and all around it stands. With another key it begins anew. */
export function PageFault({ children }: { readonly children: ComponentChildren }) {
  const [fault] = useErrorBoundary((error: unknown) => reportError(error));
  if (fault === undefined) return children;
  return (
    <>
      <PageHead title="This page could not be shown" />
      <div class="failure" role="alert">
        <Icon name="alert" />
        <p>Junction does not answer, or is newer than this window.</p>
        <p class="soft">{fault instanceof Error ? fault.message : String(fault)}</p>
        <button type="button" class="button" onClick={() => location.reload()}>
          Load again
        </button>
      </div>
    </>
  );
}
