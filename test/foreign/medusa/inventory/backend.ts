import type { Contract } from '../../../../subgraphs/inventory/contract.ts';
import { constant, convert, many, nothing, one, oneOf } from '../../../../subgraphs/kit/mapping.ts';
import { env } from '../../../../subgraphs/kit/settings.ts';
import { sql } from '../../../../subgraphs/kit/sources/sql/backend.ts';

/** Of a product that consists of several items, as many are there as of the item that is scarcest. */
const held = (amount: string) => `coalesce((select min(floor(
    (select coalesce(sum(${amount}), 0) from inventory_level v where v.inventory_item_id = l.inventory_item_id and v.deleted_at is null)
    / l.required_quantity))
  from product_variant_inventory_item l where l.variant_id = product_variant.id and l.deleted_at is null), 0)`;

/** A level counts items, of which a product may take several. */
const perProduct = (amount: string) => `floor((${amount}) / (select min(l.required_quantity)
  from product_variant_inventory_item l where l.inventory_item_id = inventory_level.inventory_item_id and l.deleted_at is null))`;

/** The product that an item is sold as; several products may share an item. */
const sku = `(select min(p.sku) from product_variant_inventory_item l join product_variant p on p.id = l.variant_id
  where l.inventory_item_id = inventory_level.inventory_item_id and l.deleted_at is null and p.deleted_at is null)`;

/** Medusa 2 in PostgreSQL: what it keeps in stock. */
export const backend = sql<Contract>({
  system: 'medusa',
  url: env('INVENTORY_URL', 'the URL of a Medusa database, such as postgres://db.example/medusa'),
  user: env('INVENTORY_USER', 'the user of the database, where the URL names none', ''),
  password: env('INVENTORY_PASSWORD', 'the password of that user', ''),
  types: {
    Product: {
      table: 'product_variant',
      joins: { product: { table: 'product', on: { id: 'product_id' } } },
      where: { deleted_at: null, HAS_SKU: true },
      computed: {
        HAS_SKU: { type: 'boolean', sql: 'product_variant.sku is not null' },
        NAME: {
          type: 'text',
          sql: `concat_ws(' ', (select p.title from product p where p.id = product_variant.product_id), product_variant.title)`,
        },
        CATEGORY: {
          type: 'text',
          sql: `coalesce((select min(c.name) from product_category_product l join product_category c on c.id = l.product_category_id
            where l.product_id = product_variant.product_id and not c.is_internal and c.deleted_at is null), 'Uncategorised')`,
        },
        ON_HAND: { type: 'integer', sql: held('v.stocked_quantity') },
        AVAILABLE: { type: 'integer', sql: held('v.stocked_quantity - v.reserved_quantity') },
        BELOW_REORDER: { type: 'boolean', sql: 'false' },
      },
      key: { sku: 'sku' },
      fields: {
        name: 'NAME',
        category: 'CATEGORY',
        status: oneOf('product.status', {
          published: 'ACTIVE',
          draft: 'DISCONTINUED',
          proposed: 'DISCONTINUED',
          rejected: 'DISCONTINUED',
        }),
        weightGrams: 'weight',
        unitCost: constant(null),
        onHand: 'ON_HAND',
        available: 'AVAILABLE',
        belowReorderPoint: 'BELOW_REORDER',
        stock: many('StockLevel', { 'link.variant_id': 'id' }, { order: { location_id: 'asc' } }),
        movements: nothing(),
      },
    },
    StockLevel: {
      table: 'inventory_level',
      joins: {
        link: {
          table: 'product_variant_inventory_item',
          on: { inventory_item_id: 'inventory_item_id' },
          many: true,
          where: { deleted_at: null },
        },
      },
      where: { deleted_at: null, IS_SOLD: true },
      computed: {
        SKU: { type: 'text', sql: sku },
        IS_SOLD: { type: 'boolean', sql: `${sku} is not null` },
        ON_HAND: { type: 'integer', sql: perProduct('stocked_quantity') },
        COMMITTED: { type: 'integer', sql: perProduct('reserved_quantity') },
        INCOMING: { type: 'integer', sql: perProduct('incoming_quantity') },
        AVAILABLE: { type: 'integer', sql: perProduct('stocked_quantity - reserved_quantity') },
      },
      key: { id: 'id' },
      fields: {
        product: one('Product', { sku: 'SKU' }),
        warehouse: one('Warehouse', { id: 'location_id' }),
        onHand: 'ON_HAND',
        committed: 'COMMITTED',
        incoming: 'INCOMING',
        available: 'AVAILABLE',
        reorderPoint: constant(null),
        belowReorderPoint: constant(false),
      },
    },
    Warehouse: {
      table: 'stock_location',
      joins: { address: { table: 'stock_location_address', on: { id: 'address_id' } } },
      where: { deleted_at: null },
      key: { code: 'id' },
      fields: {
        name: 'name',
        city: 'address.city',
        countryCode: convert('address.country_code', {
          read: (raw) => String(raw).toUpperCase(),
          write: (value) => String(value).toLowerCase(),
        }),
        stock: many('StockLevel', { location_id: 'id' }, { order: { SKU: 'asc' } }),
      },
    },
    Order: { key: { id: 'ORDER_ID' } },
  },
});
