import './styles/tokens.css';
import './styles/base.css';
import './styles/parts.css';
import { render } from 'preact';
import { finishSignIn } from './session/session.ts';
import { App } from './shell/app.tsx';
import { applyTheme } from './shell/theme.ts';

applyTheme();
const root = document.getElementById('app');
if (!root) throw new Error('expected the page to have #app');
// Whoever comes back from the provider has an answer of its in the address bar, which is gone from there before anything shows.
void finishSignIn();
render(<App />, root);
