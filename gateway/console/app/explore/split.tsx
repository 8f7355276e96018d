import type { ComponentChildren } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { keptLong } from '../storage.ts';

export interface SplitProps {
  /** What the separator changes, for screen readers. */
  readonly label: string;
  readonly children: ComponentChildren;
  /** What stands at the end; below on a phone. */
  readonly end: ComponentChildren;
}

const stored = 'junction:explore-split';
/** In percent of the width. */
const [least, most, usual] = [35, 80, 64];

/** Two parts, and between them a separator that is moved by dragging or by the arrow keys. */
export function Split({ label, children, end }: SplitProps) {
  const whole = useRef<HTMLDivElement>(null);
  const [share, setShare] = useState(() => limited(Number(keptLong.get(stored) ?? usual)));
  const [isDragged, setDragged] = useState(false);
  const move = (next: number) => {
    setShare(limited(next));
    keptLong.set(stored, String(limited(next)));
  };
  const keys: Readonly<Record<string, number>> = {
    ArrowLeft: share - 2,
    ArrowRight: share + 2,
    Home: least,
    End: most,
  };
  return (
    <div class="split" ref={whole} data-dragged={isDragged} style={{ '--share': `${share}%` }}>
      <div class="split-start">{children}</div>
      {/* biome-ignore lint/a11y/useSemanticElements: an <hr> can't be moved; by ARIA a separator with a value can. */}
      <div
        class="split-bar"
        role="separator"
        tabIndex={0}
        aria-label={label}
        aria-orientation="vertical"
        aria-valuenow={share}
        aria-valuemin={least}
        aria-valuemax={most}
        onKeyDown={(event) => {
          const next = keys[event.key];
          if (next === undefined) return;
          event.preventDefault();
          move(next);
        }}
        onPointerDown={(event) => {
          event.currentTarget.setPointerCapture(event.pointerId);
          setDragged(true);
        }}
        onPointerMove={(event) => {
          const box = whole.current?.getBoundingClientRect();
          if (isDragged && box) move(((event.clientX - box.left) / box.width) * 100);
        }}
        onLostPointerCapture={() => setDragged(false)}
      />
      <div class="split-end">{end}</div>
    </div>
  );
}

function limited(share: number): number {
  return Math.round(Math.min(Math.max(Number.isNaN(share) ? usual : share, least), most));
}
