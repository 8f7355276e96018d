import { useEffect, useState } from 'preact/hooks';
import { Icon } from '../parts/icon.tsx';

/** Copies a link; where the browser doesn't let pages do that (without TLS, but on this machine), says that the address bar has it. */
export function CopyLink({ link }: { readonly link: () => Promise<string> }) {
  const [said, setSaid] = useState('');
  useEffect(() => {
    if (said === '') return;
    const timer = setTimeout(() => setSaid(''), 4_000);
    return () => clearTimeout(timer);
  }, [said]);
  async function copy(): Promise<void> {
    const text = await link();
    try {
      await navigator.clipboard.writeText(text);
      setSaid('Copied: query and variables, not who asks');
    } catch {
      setSaid('The link is in the address bar');
    }
  }
  return (
    <div class="copy-link">
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name={said === '' ? 'copy' : 'check'} />
        Copy link
      </button>
      <span role="status">{said}</span>
    </div>
  );
}
