import { derived, many, money, one, oneOf, timestamp } from '../kit/mapping.ts';
import { env } from '../kit/settings.ts';
import { sql } from '../kit/sources/sql/backend.ts';
import type { Contract } from './contract.ts';

/** The warehouse: a SQL database with the short upper-case names of the machine it once ran on. */
export const backend = sql<Contract>({
  system: 'warehouse',
  url: env(
    'INVENTORY_URL',
    'the URL of a database, such as mariadb://db.example/warehouse or sqlite:/var/lib/warehouse.db',
  ),
  user: env('INVENTORY_USER', 'the user of the database, where the URL names none', ''),
  password: env('INVENTORY_PASSWORD', 'the password of that user', ''),
  types: {
    Product: {
      table: 'MITMAS',
      computed: {
        ON_HAND: {
          type: 'integer',
          sql: 'coalesce((select sum(b."STQT") from "MITBAL" b where b."ITNO" = "MITMAS"."ITNO"), 0)',
        },
        AVAILABLE: {
          type: 'integer',
          sql: 'coalesce((select sum(b."STQT" - b."ALQT") from "MITBAL" b where b."ITNO" = "MITMAS"."ITNO"), 0)',
        },
        BELOW_REORDER: {
          type: 'boolean',
          sql: 'exists (select 1 from "MITBAL" b where b."ITNO" = "MITMAS"."ITNO" and b."STQT" - b."ALQT" < b."REOP")',
        },
      },
      key: { sku: 'ITNO' },
      fields: {
        name: 'ITDS',
        category: 'ITGR',
        status: oneOf('STAT', { 20: 'ACTIVE', 50: 'PHASING_OUT', 90: 'DISCONTINUED' }),
        weightGrams: 'GRWE',
        unitCost: money('UCOS', 'CUCD', 'minor'),
        onHand: 'ON_HAND',
        available: 'AVAILABLE',
        belowReorderPoint: 'BELOW_REORDER',
        stock: many('StockLevel', 'ITNO', { order: { WHLO: 'asc' } }),
        movements: many('StockMovement', 'ITNO', { order: { TRDT: 'desc' } }),
      },
    },
    StockLevel: {
      table: 'MITBAL',
      key: { product: 'ITNO', warehouse: 'WHLO' },
      fields: {
        product: one('Product', 'ITNO'),
        warehouse: one('Warehouse', 'WHLO'),
        onHand: 'STQT',
        committed: 'ALQT',
        incoming: 'ORQT',
        available: derived(['STQT', 'ALQT'], (onHand, committed) => Number(onHand) - Number(committed)),
        reorderPoint: 'REOP',
        belowReorderPoint: derived(
          ['STQT', 'ALQT', 'REOP'],
          (onHand, committed, reorderPoint) =>
            reorderPoint !== null && Number(onHand) - Number(committed) < Number(reorderPoint),
        ),
      },
    },
    Warehouse: {
      table: 'MITWHL',
      key: { code: 'WHLO' },
      fields: {
        name: 'WHNM',
        city: 'TOWN',
        countryCode: 'CSCD',
        stock: many('StockLevel', 'WHLO'),
      },
    },
    StockMovement: {
      table: 'MITTRA',
      key: { id: 'TRID' },
      fields: {
        kind: oneOf('TTYP', { 10: 'RECEIPT', 31: 'ISSUE', 51: 'TRANSFER', 90: 'ADJUSTMENT', 41: 'RETURN' }),
        quantity: 'TRQT',
        bookedAt: timestamp('TRDT', 'yyyyMMddHHmmss'),
        warehouse: one('Warehouse', 'WHLO'),
        reference: 'RIDN',
      },
    },
    Order: { key: { id: 'ORDER_ID' } },
  },
});
