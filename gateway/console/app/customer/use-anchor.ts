import { useEffect } from 'preact/hooks';

/** Scrolls to what the address names after `#` once it is there: when the page loaded, it wasn't. */
export function useAnchor(isThere: boolean): void {
  useEffect(() => {
    if (isThere) document.getElementById(location.hash.slice(1))?.scrollIntoView({ block: 'center' });
  }, [isThere]);
}
