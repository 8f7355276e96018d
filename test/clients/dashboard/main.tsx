import { ApolloProvider } from '@apollo/client/react';
import { createRoot } from 'react-dom/client';
import { createClient, Dashboard } from './dashboard.tsx';

// The page: who serves it gives it the address of Junction and a token at /settings.json.

const settings: { url: string; token: string; pollMs: number } = await (await fetch('/settings.json')).json();
createRoot(document.body).render(
  <ApolloProvider client={createClient(settings.url, settings.token)}>
    <Dashboard pollMs={settings.pollMs} />
  </ApolloProvider>,
);
