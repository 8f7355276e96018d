import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';

export interface CopyButtonProps {
  readonly text: string;
  /** What it is, for screen readers. */
  readonly what: string;
}

/** Copies a text. Not there where the browser doesn't let pages do that: without TLS, but on this machine. */
export function CopyButton({ text, what }: CopyButtonProps) {
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setCopied(false), 2_000);
    return () => clearTimeout(timer);
  }, [isCopied]);
  if (!navigator.clipboard) return null;
  return (
    <button
      type="button"
      class="copy-button"
      aria-label={`Copy ${what} ${text}`}
      title={`Copy ${what}`}
      onClick={() => void navigator.clipboard.writeText(text).then(() => setCopied(true))}
    >
      <Icon name={isCopied ? 'check' : 'copy'} />
      <span class="unseen" role="status">
        {isCopied ? 'Copied' : ''}
      </span>
    </button>
  );
}
