/** The middle of some numbers, or the mean of the two in the middle; NaN of none. */
export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = (sorted.length - 1) / 2;
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2;
}

/** The value that this share of sorted numbers doesn't exceed. */
export function percentile(sorted: ArrayLike<number>, share: number): number {
  return sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)] ?? Number.NaN;
}

/** How far the outermost are from the median, as a share of it. */
export function spread(values: readonly number[]): number {
  return (Math.max(...values) - Math.min(...values)) / 2 / median(values);
}

/** The geometric mean of some ratios, and its standard error as a share of it; NaN of fewer than two. */
export function meanRatio(ratios: readonly number[]): { readonly mean: number; readonly error: number } {
  const logarithms = ratios.map(Math.log);
  const mean = logarithms.reduce((sum, each) => sum + each, 0) / ratios.length;
  const variance = logarithms.reduce((sum, each) => sum + (each - mean) ** 2, 0) / (ratios.length - 1);
  return { mean: Math.exp(mean), error: Math.sqrt(variance / ratios.length) };
}
