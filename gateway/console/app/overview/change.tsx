const percents = new Intl.NumberFormat(undefined, {
  style: 'percent',
  signDisplay: 'exceptZero',
  maximumFractionDigits: 0,
});

export interface ChangeProps {
  /** 0.12 is 12 % more; undefined where there was nothing to grow from. */
  readonly by: number | undefined;
  /** What it's compared with, where that isn't said beside it. */
  readonly than?: string;
}

/** How much more or less it has become: `+12 %`. */
export function Change({ by, than }: ChangeProps) {
  if (by === undefined) return null;
  const text = percents.format(by);
  const tone = by > 0 ? 'up' : 'down';
  return (
    <span
      class={`overview-change overview-change-${/[1-9]/.test(text) ? tone : 'same'}`}
      title={than && `against ${than}`}
    >
      {text}
      {than && <span class="unseen"> against {than}</span>}
    </span>
  );
}
