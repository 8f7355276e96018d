import { useEffect } from 'preact/hooks';

/** Scrolls to what the address names after `#` once it is there: when the page loaded, it wasn't. */
export function useAnchor(isThere: boolean): void {
  useEffect(() => {
    const id = decodeURIComponent(location.hash.slice(1));
    if (isThere && id !== '') document.getElementById(id)?.scrollIntoView({ block: 'center' });
  }, [isThere]);
}
