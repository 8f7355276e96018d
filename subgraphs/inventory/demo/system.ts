import { ensureData } from '../../demo/data.ts';
import type { StartStandIn } from '../../demo/stand-in.ts';
import { write } from './writer.ts';

/** The warehouse: a database file, reached without a server. */
export const start: StartStandIn = async (options) => ({
  settings: { INVENTORY_URL: `sqlite:${await ensureData(options, 'warehouse', write)}` },
  async close() {},
});
