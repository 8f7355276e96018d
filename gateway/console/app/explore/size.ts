const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });

/** Bytes for people, by thousands: `812 B`, `3.4 kB`. */
export function size(bytes: number): string {
  if (bytes < 1_000) return `${format.format(bytes)} B`;
  return bytes < 1_000_000 ? `${format.format(bytes / 1_000)} kB` : `${format.format(bytes / 1_000_000)} MB`;
}
