import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

test('the serving thread imports none of the packages that compose and plan', () => {
  const modules = importedBy(new URL('../../gateway/start.ts', import.meta.url));
  assert.ok(modules.some((url) => url.endsWith('/gateway/supergraph/gateway.ts')));
  assert.ok(modules.some((url) => url.includes('/node_modules/undici/')));
  const packages = modules.map((url) => /\/node_modules\/((@[^/]+\/)?[^/]+)\//.exec(url)?.[1] ?? '');
  const heavy = [...new Set(packages)].filter((name) => /^@apollo\/|^graphql-/.test(name));
  assert.deepEqual(heavy, []);
});

/** The URLs of all modules that importing one brings with it, CommonJS too. */
function importedBy(entry: URL): string[] {
  const script = `
    import { registerHooks } from 'node:module';
    const urls = [];
    registerHooks({ load(url, context, next) { urls.push(url); return next(url, context); } });
    await import(${JSON.stringify(entry.href)});
    process.stdout.write(JSON.stringify(urls));
  `;
  const args = ['--input-type=module', '--eval', script];
  const cwd = fileURLToPath(new URL('../..', import.meta.url));
  return JSON.parse(execFileSync(process.execPath, args, { cwd, encoding: 'utf8', timeout: 60_000 }));
}
