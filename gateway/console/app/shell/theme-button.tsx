import { Icon } from '../parts/icon.tsx';
import { useTheme } from './theme.ts';

const icons = { auto: 'theme', light: 'sun', dark: 'moon' } as const;

/** Changes between light, dark, and what the machine is set to. */
export function ThemeButton() {
  const [theme, next] = useTheme();
  return (
    <button
      type="button"
      class="icon-button"
      onClick={next}
      aria-label={`Colours: ${theme}`}
      title={`Colours: ${theme}`}
    >
      <Icon name={icons[theme]} />
    </button>
  );
}
