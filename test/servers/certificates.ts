import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { findProgram, makeFolder, missing, runProgram } from './process.ts';

const openssl = findProgram('openssl');

/** For `{ skip }`: why no certificates can be made on this machine; false when they can. */
export const missingOpenssl = missing('openssl', openssl);

/** An authority, and a certificate that it gave to `localhost`; all are paths of PEM files. */
export function makeCertificates(): { authority: string; cert: string; key: string } {
  const folder = makeFolder();
  const path = (name: string) => join(folder, name);
  const run = (...args: string[]) => runProgram(openssl ?? 'openssl', args);
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  run(
    'req',
    '-x509',
    ...newKey,
    '-days',
    '2',
    '-subj',
    '/CN=test authority',
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.pem'),
  );
  run('req', ...newKey, '-subj', '/CN=localhost', '-keyout', path('server.key'), '-out', path('server.csr'));
  writeFileSync(path('names'), 'subjectAltName=DNS:localhost\n');
  const signed = [
    '-CA',
    path('ca.pem'),
    '-CAkey',
    path('ca.key'),
    '-CAcreateserial',
    '-days',
    '2',
    '-extfile',
    path('names'),
  ];
  run('x509', '-req', '-in', path('server.csr'), ...signed, '-out', path('server.pem'));
  return { authority: path('ca.pem'), cert: path('server.pem'), key: path('server.key') };
}
