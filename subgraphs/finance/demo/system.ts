import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { listen, passwordDigest } from 'soap';
import { ensureData } from '../../demo/data.ts';
import type { StandInOptions, StartStandIn } from '../../demo/stand-in.ts';
import { notAuthenticated } from './fault.ts';
import { operations } from './operations.ts';
import { Store } from './store.ts';
import { write } from './writer.ts';

const path = '/ws/finance';
const user = 'junction';
const password = 'erp-demo-password';

/** The ERP: SOAP 1.1, document/literal, by `erp.wsdl`. */
export const start: StartStandIn = async (options) => {
  const store = new Store(await ensureData(options, 'erp', write));
  const wsdl = await readFile(new URL('erp.wsdl', import.meta.url), 'utf8');
  // Longer than callers keep a connection, so that none is closed under a request.
  const server = createServer({ keepAliveTimeout: 72_000 });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const address = `http://127.0.0.1:${port}${path}`;
  await serve(server, wsdl.replace('http://erp.example/ws/finance', address), store, options.onCall);
  return {
    settings: { FINANCE_URL: `${address}?wsdl`, FINANCE_USER: user, FINANCE_PASSWORD: password },
    port,
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
      store.close();
    },
  };
};

function serve(server: Server, xml: string, store: Store, onCall: StandInOptions['onCall']): Promise<void> {
  return new Promise((resolve, reject) => {
    const soap = listen(server, {
      path,
      xml,
      services: { FinanceService: { FinancePort: operations(store) } },
      suppressStack: true,
      callback: (error: unknown) => (error ? reject(error) : resolve()),
    });
    soap.authenticate = (security: Security | undefined, _, __, message: Message) => {
      onCall?.(Object.keys(message.Body ?? {}).find((name) => name !== 'attributes') ?? 'nothing');
      if (!isKnown(security?.UsernameToken)) throw notAuthenticated();
      return true;
    };
  });
}

interface Message {
  readonly Body?: object;
}

/** The WS-Security header as the library reads it; text with attributes lies in `$value`. */
interface Security {
  readonly UsernameToken?: Token;
}

interface Token {
  readonly Username?: string;
  readonly Password?: Text;
  readonly Nonce?: Text;
  readonly Created?: string;
}

type Text = string | { readonly $value?: string; readonly attributes?: { readonly Type?: string } };

/** Takes the password as text or as a digest (WS-Security UsernameToken Profile 1.1). */
function isKnown(token: Token | undefined): boolean {
  if (token?.Username !== user || token.Password === undefined) return false;
  const type = typeof token.Password === 'string' ? undefined : token.Password.attributes?.Type;
  const expected = type?.endsWith('#PasswordDigest')
    ? passwordDigest(textOf(token.Nonce), token.Created ?? '', password)
    : password;
  return textOf(token.Password) === expected;
}

function textOf(text: Text | undefined): string {
  return (typeof text === 'string' ? text : text?.$value) ?? '';
}
