/** What a canvas needs to know of the tokens, since it has no style sheet. */
export interface ChartColours {
  readonly series: readonly string[];
  readonly words: string;
  readonly grid: string;
  readonly font: string;
}

/** The tokens' values in the theme that holds: `light-dark()` is worked out by asking an element that has them. */
export function chartColours(near: HTMLElement): ChartColours {
  const probe = near.appendChild(document.createElement('span'));
  const of = (token: string) => {
    probe.style.color = `var(${token})`;
    return getComputedStyle(probe).color;
  };
  const colours = {
    series: ['--chart-1', '--ink', '--chart-2', '--chart-3', '--chart-4'].map(of),
    words: of('--ink-soft'),
    grid: of('--line'),
    font: getComputedStyle(probe).fontFamily,
  };
  probe.remove();
  return colours;
}

/** Calls at once and whenever the theme changes, by the button or by the machine; the result ends it. */
export function onColours(listener: () => void): () => void {
  const theme = new MutationObserver(listener);
  theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
  const machine = matchMedia('(prefers-color-scheme: dark)');
  machine.addEventListener('change', listener);
  listener();
  return () => {
    theme.disconnect();
    machine.removeEventListener('change', listener);
  };
}
