import { useId, useRef } from 'preact/hooks';
import { words } from '../format/words.ts';
import { Icon } from '../parts/icon.tsx';
import { readyMade } from './ready-made.ts';
import type { Shared } from './shared.ts';

/** The queries that come with Junction, each with what it is for: a box that Escape and a click elsewhere close. */
export function ReadyMadeMenu({ onChoice }: { readonly onChoice: (choice: Shared) => void }) {
  const id = useId();
  const box = useRef<HTMLDialogElement>(null);
  return (
    <div class="ready-made">
      <button type="button" class="button" popovertarget={id}>
        Ready-made queries
        <Icon name="chevron" />
      </button>
      <dialog id={id} ref={box} popover="auto" class="ready-made-box" aria-label="Ready-made queries">
        <ul>
          {readyMade.map((each) => (
            <li key={each.name}>
              <button
                type="button"
                onClick={() => {
                  box.current?.hidePopover();
                  const { query, variables, operationName } = each;
                  onChoice({ query, variables, operationName });
                }}
              >
                <strong>{words(each.name.replaceAll(/(?<=[a-z])[A-Z]/g, ' $&'))}</strong>
                <span>{each.purpose}</span>
              </button>
            </li>
          ))}
        </ul>
      </dialog>
    </div>
  );
}
