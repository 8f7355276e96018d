import assert from 'node:assert/strict';
import { once } from 'node:events';
import { readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { build } from 'vite';
import { buildFaultsOf } from '../../gateway/console/build.ts';
import { folderWith } from '../gateway/fixture.ts';

const times = 200;

test('two who build at once do not get in each other’s way: what is there is always whole', async (t) => {
  const folder = await folderWith(t, {});
  const place = join(folder, 'console');
  const installing = `
    import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
    import { workerData } from 'node:worker_threads';
    const { install } = await import(workerData.build);
    for (let i = 0; i < workerData.times; i += 1) {
      const folder = workerData.place + '.' + workerData.name + i;
      mkdirSync(folder);
      writeFileSync(folder + '/whole', '');
      install(folder, workerData.place);
      rmSync(folder + '.old', { recursive: true, force: true });
    }`;
  const build = import.meta.resolve('../../gateway/console/build.ts');
  const workers = ['a', 'b'].map(
    (name) =>
      new Worker(new URL(`data:text/javascript,${encodeURIComponent(installing)}`), {
        workerData: { build, place, name, times },
      }),
  );
  const ended = await Promise.all(workers.map((worker) => once(worker, 'exit')));
  assert.deepEqual(ended, [[0], [0]]);
  assert.deepEqual(await readdir(folder), ['console']);
  assert.deepEqual(await readdir(place), ['whole']);
});

test('a build that fails says where and why, in a line', async (t) => {
  const folder = await folderWith(t, {
    'index.html': '<script type="module" src="./main.ts"></script>',
    'main.ts': 'const x = ;\n',
  });
  const faults = async () => {
    const failure = await build({ root: folder, configFile: false, logLevel: 'silent' }).catch(
      (error: unknown) => error,
    );
    return buildFaultsOf(failure);
  };
  assert.match((await faults()).join('\n'), /^\S+\/main\.ts:1:11: Unexpected token$/);
  await writeFile(join(folder, 'main.ts'), 'import { missing } from "no-such-package";\nmissing();\n');
  assert.match((await faults()).join('\n'), /^[^[]* "no-such-package" from "\S+\/main\.ts"\.$/);
  const closed = await readdir(join(folder, 'not-there')).catch((error: unknown) => error);
  assert.deepEqual(buildFaultsOf(closed), [
    `${join(folder, 'not-there')}: can't be read or written (ENOENT). It, or the folder that it is in, is not there.`,
  ]);
});
