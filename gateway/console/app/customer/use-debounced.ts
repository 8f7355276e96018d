import { useEffect, useState } from 'preact/hooks';

/** A value once it has stayed the same for a while, and what makes it count at once. */
export function useDebounced<Value>(value: Value, ms: number): readonly [Value, () => void] {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return [settled, () => setSettled(value)];
}
