import { useState } from 'preact/hooks';
import { keptLong } from '../storage.ts';

/** Light, dark, or whichever the machine is set to. */
export type Theme = 'auto' | 'light' | 'dark';

const themes: readonly Theme[] = ['auto', 'light', 'dark'];
const stored = 'junction:theme';

/** Takes the theme that was chosen last into use. */
export function applyTheme(theme = chosenTheme()): void {
  document.documentElement.dataset.theme = theme;
}

/** The theme, and what changes to the next one. */
export function useTheme(): readonly [Theme, () => void] {
  const [theme, setTheme] = useState(chosenTheme);
  return [
    theme,
    () => {
      const next = themes[(themes.indexOf(theme) + 1) % themes.length] ?? 'auto';
      keptLong.set(stored, next);
      applyTheme(next);
      setTheme(next);
    },
  ];
}

function chosenTheme(): Theme {
  return themes.find((theme) => theme === keptLong.get(stored)) ?? 'auto';
}
