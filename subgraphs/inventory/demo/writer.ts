import type { Company } from '../../demo/company.ts';
import type { Draft } from '../../demo/draft.ts';
import type { Product } from '../../demo/products.ts';
import { type Movement, stocks, warehouses } from '../../demo/stock.ts';

const statuses: Record<Product['status'], string> = { active: '20', 'phasing-out': '50', discontinued: '90' };

const movementTypes: Record<Movement['kind'], string> = {
  receipt: '10',
  issue: '31',
  return: '41',
  transfer: '51',
  adjustment: '90',
};

/** Costs (UCOS) are in the currency's smallest unit, times (TRDT) text as yyyyMMddHHmmss in UTC. */
const tables = `
  create table MITMAS (
    ITNO text primary key, ITDS text not null, ITGR text not null, STAT text not null, GRWE integer,
    UCOS integer, CUCD text, UNMS text not null, RESP text);
  create table MITWHL (
    WHLO text primary key, WHNM text not null, TOWN text not null, CSCD text not null);
  create table MITBAL (
    ITNO text not null references MITMAS (ITNO), WHLO text not null references MITWHL (WHLO), STQT integer not null,
    ALQT integer not null, ORQT integer not null, REOP integer, WHSL text, primary key (ITNO, WHLO));
  create table MITTRA (
    TRID integer primary key, ITNO text not null references MITMAS (ITNO),
    WHLO text not null references MITWHL (WHLO), TTYP text not null, TRQT integer not null, TRDT text not null, RIDN text);
`;

const indexes = `
  create index MITMAS10 on MITMAS (ITDS, ITNO);
  create index MITBAL10 on MITBAL (WHLO, ITNO);
  create index MITTRA10 on MITTRA (ITNO, TRDT, TRID);
  create index MITTRA20 on MITTRA (WHLO, TRDT, TRID);
`;

/** Writes the warehouse's part of the company. */
export function write(company: Company, draft: Draft): void {
  draft.exec(tables);
  const insertProduct = draft.into('MITMAS', ['ITNO', 'ITDS', 'ITGR', 'STAT', 'GRWE', 'UCOS', 'CUCD', 'UNMS', 'RESP']);
  for (const { sku, name, category, status, weightGrams, cost } of company.products) {
    insertProduct(sku, name, category, statuses[status], weightGrams, cost, 'EUR', 'PCS', 'M3BUYER');
  }
  const insertWarehouse = draft.into('MITWHL', ['WHLO', 'WHNM', 'TOWN', 'CSCD']);
  for (const { code, name, town, country } of warehouses) insertWarehouse(code, name, town, country);
  const insertBalance = draft.into('MITBAL', ['ITNO', 'WHLO', 'STQT', 'ALQT', 'ORQT', 'REOP', 'WHSL']);
  const insertMovement = draft.into('MITTRA', ['ITNO', 'WHLO', 'TTYP', 'TRQT', 'TRDT', 'RIDN']);
  for (const { levels, movements } of stocks(company)) {
    for (const { product, warehouse, onHand, committed, incoming, reorderPoint } of levels) {
      insertBalance(product.sku, warehouse, onHand, committed, incoming, reorderPoint, 'A-01');
    }
    for (const { product, warehouse, kind, quantity, at, reference } of movements) {
      insertMovement(product.sku, warehouse, movementTypes[kind], quantity, timestamp(at), reference);
    }
  }
  draft.exec(indexes);
}

function timestamp(moment: number): string {
  return new Date(moment).toISOString().replace(/\D/g, '').slice(0, 14);
}
