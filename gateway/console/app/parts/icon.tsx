/** Drawn in a square of 24, as lines. */
const paths = {
  alert: 'M12 3 2 20h20L12 3Zm0 7v4m0 3v.01',
  check: 'm5 12 5 5 9-10',
  chevron: 'm9 6 6 6-6 6',
  clock: 'M12 3a9 9 0 1 0 0 18 9 9 0 0 0 0-18Zm0 4v5l3 2',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  customer: 'M12 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8ZM4 21c0-4 3.6-6 8-6s8 2 8 6',
  explore: 'm8 7-5 5 5 5m8-10 5 5-5 5M13 5l-2 14',
  lock: 'M6 11h12v9H6zm2 0V8a4 4 0 0 1 8 0v3',
  moon: 'M20 14A8.5 8.5 0 0 1 10 4a8.5 8.5 0 1 0 10 10Z',
  order: 'M4 8l8-4 8 4v8l-8 4-8-4V8Zm0 0 8 4m0 8v-8m8-4-8 4',
  overview: 'M4 20V10m5 10V4m6 16v-8m5 8V7',
  refresh: 'M20 5v5h-5M4 19v-5h5M19 10a8 8 0 0 0-14-2m0 6a8 8 0 0 0 14 2',
  search: 'M11 4a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm5 12 5 5',
  sun: 'M12 8a4 4 0 1 0 0 8 4 4 0 0 0 0-8Zm0-6v2m0 16v2M2 12h2m16 0h2M5 5l1.5 1.5m11 11L19 19M19 5l-1.5 1.5m-11 11L5 19',
  systems: 'M4 4h16v6H4zm0 10h16v6H4zm4-7v.01M8 17v.01',
  theme: 'M12 3a9 9 0 1 0 0 18Zm0 0a9 9 0 0 1 0 18',
} as const;

export type IconName = keyof typeof paths;

/** A sign beside words that say the same: nothing for a screen reader. */
export function Icon({ name }: { readonly name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 24 24" width="20" height="20" aria-hidden="true" focusable="false">
      <path
        d={paths[name]}
        fill="none"
        stroke="currentColor"
        stroke-width="1.8"
        stroke-linecap="round"
        stroke-linejoin="round"
      />
    </svg>
  );
}
