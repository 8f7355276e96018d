/**
 * What the database itself says of the records that clients ask for, each as one column `value` in the form of the answer. It
 * goes other ways than the mapping: joins and groups, where that has an expression for a row.
 */
export const prepare = `
  create schema expected;
  create function expected.money(amount numeric, currency text) returns json language sql as $$ select json_build_object(
    'amount', to_char(amount, case currency when 'jpy' then 'FM9999999990' else 'FM9999999990.00' end), 'currencyCode', upper(currency)) $$;
  create function expected.moment(at timestamptz) returns text language sql as
    $$ select to_char(at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') $$;
  create view expected.shown_order as select * from "order" where deleted_at is null and status <> 'draft';
  create view expected.line as
    select o.display_id, o.customer_id, o.currency_code, o.status, i.*, l.title || ' ' || l.subtitle as name, l.variant_sku as sku,
      case when i.unit_price is null then l.unit_price else i.unit_price end as price
    from expected.shown_order o, order_item i, order_line_item l
    where i.order_id = o.id and i.version = o.version and l.id = i.item_id;
  create view expected.sold as
    select v.*, p.title || ' ' || v.title as name, p.status, l.inventory_item_id as item, l.required_quantity as takes
    from product_variant v join product p on p.id = v.product_id left join product_variant_inventory_item l on l.variant_id = v.id
    where v.sku is not null and v.deleted_at is null;
  create view expected.level as
    select s.sku, s.takes, v.*, w.name as warehouse from expected.sold s, inventory_level v, stock_location w
    where v.inventory_item_id = s.item and w.id = v.location_id and v.deleted_at is null and w.deleted_at is null`;

export const orders = `
  select json_build_object(
    'id', o.id, 'number', o.display_id::text,
    'status', case o.status when 'pending' then 'PROCESSING' when 'requires_action' then 'ON_HOLD' when 'canceled' then 'CANCELED' else 'COMPLETED' end,
    'fulfillmentStatus', case when g.shipped = 0 then 'UNFULFILLED' when g.shipped < g.quantity then 'PARTIALLY_FULFILLED' else 'FULFILLED' end,
    'placedAt', expected.moment(o.created_at), 'updatedAt', expected.moment(o.updated_at),
    'subtotal', expected.money(g.amount, o.currency_code), 'shippingCost', expected.money(coalesce(m.amount, 0), o.currency_code),
    'tax', expected.money(t.total - g.amount - coalesce(m.amount, 0), o.currency_code), 'total', expected.money(t.total, o.currency_code),
    'customer', case when c.id is not null then json_build_object('id', c.id) end,
    'lines', g.lines,
    'shipments', coalesce(f.shipments, '[]'),
    'statusHistory', case when o.canceled_at is null then json_build_array(json_build_object('status', 'PROCESSING', 'changedAt', expected.moment(o.created_at)))
      else json_build_array(json_build_object('status', 'PROCESSING', 'changedAt', expected.moment(o.created_at)), json_build_object('status', 'CANCELED', 'changedAt', expected.moment(o.canceled_at))) end
  ) as value
  from expected.shown_order o
  join (select order_id, sum(quantity) as quantity, sum(shipped_quantity) as shipped, sum(price * quantity) as amount,
      json_agg(json_build_object('id', id, 'name', name, 'quantity', quantity::integer, 'quantityShipped', shipped_quantity::integer,
        'unitPrice', expected.money(price, currency_code), 'total', expected.money(price * quantity, currency_code),
        'order', json_build_object('number', display_id::text), 'product', case when sku is not null then json_build_object('sku', sku) end) order by id) as lines
    from expected.line group by order_id) g on g.order_id = o.id
  join (select distinct on (order_id) order_id, (totals ->> 'current_order_total')::numeric as total from order_summary order by order_id, version desc) t on t.order_id = o.id
  left join (select x.order_id, x.version, sum(y.amount) as amount from order_shipping x join order_shipping_method y on y.id = x.shipping_method_id group by 1, 2) m
    on m.order_id = o.id and m.version = o.version
  left join (select k.order_id, json_agg(json_build_object('id', f.id, 'carrier',
      case f.provider_id when 'gls_gls' then 'GLS' when 'postnord_postnord' then 'PostNord' else 'Own delivery' end,
      'status', case when f.delivered_at is not null then 'DELIVERED' when f.shipped_at is not null then 'IN_TRANSIT' else 'READY' end,
      'trackingNumber', b.number, 'shippedAt', expected.moment(f.shipped_at), 'deliveredAt', expected.moment(f.delivered_at),
      'order', json_build_object('id', k.order_id))) as shipments
    from order_fulfillment k join fulfillment f on f.id = k.fulfillment_id and f.canceled_at is null
    left join (select fulfillment_id, min(tracking_number) as number from fulfillment_label group by 1) b on b.fulfillment_id = f.id
    group by k.order_id) f on f.order_id = o.id
  left join customer c on c.id = o.customer_id`;

export const products = `
  select json_build_object(
    'sku', s.sku, 'name', s.name, 'category', coalesce(k.name, 'Uncategorised'),
    'status', case s.status when 'published' then 'ACTIVE' else 'DISCONTINUED' end,
    'weightGrams', s.weight, 'unitCost', null, 'belowReorderPoint', false,
    'onHand', coalesce(floor(v.stocked / s.takes), 0)::integer, 'available', coalesce(floor((v.stocked - v.reserved) / s.takes), 0)::integer,
    'stock', coalesce(v.levels, '[]')
  ) as value
  from expected.sold s
  left join (select product_id, min(name) as name from product_category_product join product_category on id = product_category_id where not is_internal group by 1) k
    on k.product_id = s.product_id
  left join (select sku, sum(stocked_quantity) as stocked, sum(reserved_quantity) as reserved, json_agg(json_build_object(
      'onHand', floor(stocked_quantity / takes)::integer, 'committed', floor(reserved_quantity / takes)::integer,
      'incoming', floor(incoming_quantity / takes)::integer, 'available', floor((stocked_quantity - reserved_quantity) / takes)::integer,
      'reorderPoint', null, 'belowReorderPoint', false, 'warehouse', json_build_object('code', location_id, 'name', warehouse)) order by location_id) as levels
    from expected.level group by sku) v on v.sku = s.sku`;

export const customers = `
  select json_build_object(
    'id', c.id, 'name', coalesce(trim(c.first_name || ' ' || coalesce(c.last_name, '')), c.company_name), 'email', lower(c.email),
    'phone', replace(replace(regexp_replace(c.phone, '^00', '+'), '-', ''), ' ', ''),
    'segment', case when c.company_name is null then 'CONSUMER' else 'SMALL_BUSINESS' end, 'createdAt', expected.moment(c.created_at),
    'preferences', json_build_object('contactChannel', 'EMAIL', 'language', coalesce(replace(c.metadata ->> 'language', '_', '-'), 'en'), 'marketingConsent', false),
    'addresses', coalesce(a.addresses, '[]'), 'cases', json_build_object('totalCount', 0), 'notes', json_build_object('nodes', json_build_array()),
    'orders', json_build_object('totalCount', (select count(*) from expected.shown_order o where o.customer_id = c.id))
  ) as value
  from customer c
  left join (select customer_id, json_agg(json_build_object('kind', case when is_default_shipping or not is_default_billing then 'SHIPPING' else 'BILLING' end,
      'street', case when address_1 is null then coalesce(address_2, '') when address_2 is null then address_1 else address_1 || ', ' || address_2 end,
      'postalCode', postal_code, 'city', city, 'countryCode', upper(country_code)) order by is_default_shipping desc, id desc) as addresses
    from customer_address where deleted_at is null group by 1) a on a.customer_id = c.id
  where c.deleted_at is null`;
