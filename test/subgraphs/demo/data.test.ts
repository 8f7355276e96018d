import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { after, before, suite, test } from 'node:test';
import { write as writeCrm } from '../../../subgraphs/customers/demo/writer.ts';
import { ensureData, version, type WriteData } from '../../../subgraphs/demo/data.ts';
import { write as writeErp } from '../../../subgraphs/finance/demo/writer.ts';
import { write as writeWarehouse } from '../../../subgraphs/inventory/demo/writer.ts';
import { write as writeShop } from '../../../subgraphs/orders/demo/writer.ts';

const writers = { crm: writeCrm, shop: writeShop, warehouse: writeWarehouse, erp: writeErp };
const scale = 0.02;

/** What version of the data is what data: when this fails, raise `version` in data.ts and put the new hash here. */
const written = { version: 1, hash: '55448a2215b11807' };

suite('demo data on disk', () => {
  let folder = '';
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'demo-data-'));
  });
  after(() => rm(folder, { recursive: true, force: true }));

  test('is the same wherever and whenever it is made', async () => {
    const hashes = await Promise.all(['one', 'other'].map((place) => hashOf(join(folder, place))));
    assert.equal(hashes[0], hashes[1]);
    assert.deepEqual({ version, hash: hashes[0] }, written);
  });

  test('refers to what is there', async () => {
    for (const [name, write] of Object.entries({ shop: writeShop, warehouse: writeWarehouse })) {
      const database = await open(folder, name, write);
      const broken = database.prepare('pragma foreign_key_check').all();
      database.close();
      assert.deepEqual(broken, []);
    }
  });

  test('is written once by all who ask at the same time, and not again', async () => {
    const options = { folder: join(folder, 'once'), scale };
    let count = 0;
    const write: WriteData = (company, draft) => {
      count += 1;
      writeWarehouse(company, draft);
    };
    const paths = await Promise.all([1, 2, 3].map(() => ensureData(options, 'warehouse', write)));
    paths.push(await ensureData(options, 'warehouse', write));
    assert.deepEqual([new Set(paths).size, count], [1, 1]);
    assert.deepEqual(await readdir(dirname(paths[0] ?? '')), ['warehouse.db']);
  });

  test('is not there at all when writing broke off', async () => {
    const options = { folder: join(folder, 'broken'), scale };
    const breakOff: WriteData = (_, draft) => {
      draft.exec('create table half (a)');
      throw new Error('broken off');
    };
    await assert.rejects(ensureData(options, 'warehouse', breakOff), /broken off/);
    assert.deepEqual(await readdir(options.folder, { recursive: true }), [`demo-${version}-${scale}`]);
    const path = await ensureData(options, 'warehouse', writeWarehouse);
    assert.equal(path, join(options.folder, `demo-${version}-${scale}`, 'warehouse.db'));
  });

  test('needs a scale that makes sense', async () => {
    for (const wrong of [0, -1, 41, Number.NaN]) {
      const ensured = ensureData({ folder: join(folder, 'wrong'), scale: wrong }, 'shop', writeShop);
      await assert.rejects(ensured, /expected a scale above 0 and at most 40/);
    }
  });
});

/** A hash of every row of every table of the four systems. */
async function hashOf(folder: string): Promise<string> {
  const hash = createHash('sha256');
  for (const [name, write] of Object.entries(writers)) {
    const database = await open(folder, name, write);
    const tables = database.prepare("select name, sql from sqlite_schema where name not like 'sqlite_%' order by name");
    for (const { name: table, sql } of tables.all()) {
      hash.update(`${sql}\n`);
      if (!String(sql).startsWith('CREATE TABLE')) continue;
      for (const row of database.prepare(`select * from ${table} order by rowid`).iterate()) {
        hash.update(JSON.stringify(row));
      }
    }
    database.close();
  }
  return hash.digest('hex').slice(0, 16);
}

async function open(folder: string, name: string, write: WriteData): Promise<DatabaseSync> {
  return new DatabaseSync(await ensureData({ folder, scale }, name, write), { readOnly: true });
}
