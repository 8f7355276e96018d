import { ensureData } from '../../demo/data.ts';
import type { StartStandIn } from '../../demo/stand-in.ts';
import { write } from './writer.ts';

/** The shop: a database file, reached without a server. */
export const start: StartStandIn = async (options) => ({
  settings: { ORDERS_URL: `sqlite:${await ensureData(options, 'shop', write)}` },
  async close() {},
});
