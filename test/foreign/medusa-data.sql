-- Invented records for the schema in medusa.sql: the same ones each time. Amounts are decimals in major units, as Medusa 2 keeps them, and
-- each stands a second time as JSON in its raw_ column. Clients may see neither what has a deleted_at nor drafts.
BEGIN;
SET LOCAL TIME ZONE 'UTC';

-- An id as Medusa writes it: a prefix and 26 characters.
CREATE FUNCTION pg_temp.id(prefix text, n bigint) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT prefix || '_01' || upper(substr(md5(prefix || n), 1, 24)) $$;
-- A number from 0 up to below `below`, always the same for the same name and number.
CREATE FUNCTION pg_temp.pick(name text, n bigint, below integer) RETURNS integer LANGUAGE sql IMMUTABLE AS
  $$ SELECT (('x' || substr(md5(name || '/' || n), 1, 7))::bit(28)::integer) % below $$;
CREATE FUNCTION pg_temp.raw(value numeric) RETURNS jsonb LANGUAGE sql IMMUTABLE AS
  $$ SELECT jsonb_build_object('value', value::text, 'precision', 20) $$;
CREATE FUNCTION pg_temp.one_of(name text, n bigint, options text[]) RETURNS text LANGUAGE sql IMMUTABLE AS
  $$ SELECT options[1 + pg_temp.pick(name, n, array_length(options, 1))] $$;

INSERT INTO stock_location_address (id, address_1, city, country_code, postal_code)
VALUES ('laddr_1', 'Havnegade 12', 'København', 'dk', '1058'), ('laddr_2', 'Am Sandtorkai 3', 'Hamburg', 'de', '20457'), ('laddr_3', 'Pier 4', NULL, 'us', NULL);
INSERT INTO stock_location (id, name, address_id, deleted_at)
VALUES ('sloc_CPH', 'Nordhavn', 'laddr_1', NULL), ('sloc_HAM', 'Speicher 7', 'laddr_2', NULL), ('sloc_OAK', 'Oakland (closed)', 'laddr_3', '2024-11-30 17:00Z');

INSERT INTO product_type (id, value) SELECT 'ptyp_' || n, value FROM unnest(ARRAY['Apparel', 'Home & Living', 'Outdoor']) WITH ORDINALITY AS t (value, n);
INSERT INTO product_category (id, name, handle, mpath, rank, is_active, is_internal, parent_category_id) VALUES
  ('pcat_clothes', 'Clothes', 'clothes', 'pcat_clothes', 0, true, false, NULL),
  ('pcat_shirts', 'Shirts', 'clothes/shirts', 'pcat_clothes.pcat_shirts', 0, true, false, 'pcat_clothes'),
  ('pcat_home', 'Home', 'home', 'pcat_home', 1, true, false, NULL),
  ('pcat_kitchen', 'Kitchen', 'home/kitchen', 'pcat_home.pcat_kitchen', 0, true, false, 'pcat_home'),
  ('pcat_staff', 'Staff only', 'staff', 'pcat_staff', 2, true, true, NULL);

-- 60 products: every 20th is deleted, every 7th has no type; weight is text, as the column is.
INSERT INTO product (id, title, handle, subtitle, status, weight, type_id, created_at, updated_at, deleted_at)
SELECT pg_temp.id('prod', n), title, lower(replace(title, ' ', '-')), CASE WHEN n % 3 = 0 THEN 'Made to last' END,
  CASE n % 12 WHEN 5 THEN 'draft' WHEN 11 THEN 'rejected' ELSE 'published' END, CASE WHEN n % 5 > 0 THEN (n * 45)::text END,
  CASE WHEN n % 7 > 0 THEN 'ptyp_' || 1 + n % 3 END, '2023-05-01 08:00Z'::timestamptz + n * interval '31 hours', '2024-02-01 09:30Z',
  CASE WHEN n % 20 = 0 THEN '2024-09-09 12:00Z'::timestamptz END
FROM (SELECT n, pg_temp.one_of('adjective', n, ARRAY['Plain', 'Striped', 'Heavy', 'Folding', 'Grand']) || ' '
  || pg_temp.one_of('noun', n, ARRAY['Shirt', 'Kettle', 'Tent', 'Lamp', 'Rucksack', 'Bowl']) || ' No. ' || n AS title FROM generate_series(1, 60) n) t;
INSERT INTO product_category_product (product_id, product_category_id)
SELECT pg_temp.id('prod', n), category FROM generate_series(1, 60) n,
  unnest(CASE n % 4 WHEN 0 THEN ARRAY['pcat_shirts', 'pcat_clothes'] WHEN 1 THEN ARRAY['pcat_kitchen'] WHEN 2 THEN ARRAY['pcat_home', 'pcat_staff'] ELSE ARRAY[]::text[] END) category;

-- Three variants of each; every 29th has no stock-keeping unit, every 17th is not kept in stock.
INSERT INTO product_variant (id, title, sku, barcode, allow_backorder, manage_inventory, weight, variant_rank, product_id, created_at, updated_at, deleted_at)
SELECT pg_temp.id('variant', v), size, CASE WHEN v % 29 > 0 THEN 'MED-' || lpad(n::text, 3, '0') || '-' || size END, CASE WHEN v % 2 = 0 THEN '57000' || lpad(v::text, 8, '0') END,
  v % 11 = 0, v % 17 > 0, CASE WHEN v % 4 > 0 THEN 120 + v * 10 END, k - 1, pg_temp.id('prod', n), p.created_at, p.updated_at, p.deleted_at
FROM (SELECT n, k, (n - 1) * 3 + k AS v, (ARRAY['S', 'm', 'XL'])[k] AS size FROM generate_series(1, 60) n, generate_series(1, 3) k) t JOIN product p ON p.id = pg_temp.id('prod', n);
INSERT INTO inventory_item (id, sku, title, requires_shipping, weight, created_at, updated_at, deleted_at)
SELECT replace(id, 'variant', 'iitem'), sku, title, true, weight, created_at, updated_at, deleted_at FROM product_variant WHERE manage_inventory;
INSERT INTO product_variant_inventory_item (variant_id, inventory_item_id, id, required_quantity)
SELECT id, replace(id, 'variant', 'iitem'), replace(id, 'variant', 'pvitem'), CASE WHEN sku LIKE '%-XL' AND length(sku) % 2 = 0 THEN 2 ELSE 1 END FROM product_variant WHERE manage_inventory;
INSERT INTO inventory_level (id, inventory_item_id, location_id, stocked_quantity, reserved_quantity, incoming_quantity, raw_stocked_quantity, raw_reserved_quantity, raw_incoming_quantity, deleted_at)
SELECT pg_temp.id('ilev', row), item, location, stocked, reserved, incoming, pg_temp.raw(stocked), pg_temp.raw(reserved), pg_temp.raw(incoming), gone
FROM (SELECT row, item, location, gone, pg_temp.pick('stocked', row, 90) AS stocked, pg_temp.pick('reserved', row, 12) AS reserved, pg_temp.pick('incoming', row, 3) * 20 AS incoming
  FROM (SELECT row_number() OVER (ORDER BY i.id, l.id) AS row, i.id AS item, l.id AS location, coalesce(i.deleted_at, l.deleted_at) AS gone
    FROM inventory_item i, stock_location l WHERE pg_temp.pick(i.id || l.id, 0, 4) > 0) t) u;

-- 140 customers: companies without a person's name, guests who share a mail address with an account, some deleted.
INSERT INTO customer (id, company_name, first_name, last_name, email, phone, has_account, metadata, created_at, updated_at, deleted_at)
SELECT pg_temp.id('cus', n), CASE WHEN company THEN pg_temp.one_of('company', n, ARRAY['Ødegård & Søn', 'Müller Möbel', 'Riverside Supply', 'Café Noir']) || ' ' || n END,
  CASE WHEN NOT company THEN pg_temp.one_of('first', n, ARRAY['Ada', 'Björn', 'Chloé', 'Dmitri', 'Eun-ji', 'Fatima', 'Grace']) END,
  CASE WHEN NOT company AND n % 13 > 0 THEN pg_temp.one_of('last', n, ARRAY['Lovelace', 'Åkesson', 'Dubois', 'O''Neil', 'Kim', 'van der Berg']) END,
  CASE WHEN n % 23 > 0 THEN CASE WHEN n % 10 = 0 THEN 'Person' || n - 1 || '@Example.com' ELSE 'person' || n || '@example.com' END END,
  CASE n % 3 WHEN 0 THEN '+45 ' || 20000000 + n * 7 WHEN 1 THEN '0049-40-' || 700000 + n END, n % 10 > 0,
  CASE WHEN n % 4 = 0 THEN jsonb_build_object('language', (ARRAY['da', 'de', 'en_US'])[1 + n % 3]) END,
  '2023-06-01 06:15:30.5Z'::timestamptz + n * interval '83 hours', '2025-01-15 10:00Z', CASE WHEN n % 35 = 0 THEN '2025-02-01 00:00Z'::timestamptz END
FROM (SELECT n, n % 6 = 0 AS company FROM generate_series(1, 140) n) t;
INSERT INTO customer_address (id, customer_id, is_default_shipping, is_default_billing, address_1, address_2, city, country_code, province, postal_code, deleted_at)
SELECT pg_temp.id('cuaddr', n * 2 + k), pg_temp.id('cus', n), k = 0, k = (n % 2), CASE WHEN n % 31 > 0 THEN pg_temp.one_of('street', n + k, ARRAY['Nørrebrogade', 'Hauptstraße', 'Mill Lane']) || ' ' || n + k END,
  CASE WHEN n % 9 = 0 THEN '2. tv' END, pg_temp.one_of('street', n + k, ARRAY['Aarhus', 'Köln', 'Portland']), pg_temp.one_of('street', n + k, ARRAY['dk', 'de', 'us']), NULL, 1000 + n,
  CASE WHEN n % 12 = 1 AND k = 1 THEN '2024-12-24 18:00Z'::timestamptz END
FROM generate_series(1, 140) n, generate_series(0, 1) k WHERE n % 8 > 0;

-- 260 orders; every 15th is a guest's, every 9th was edited and so stands at version 2.
CREATE TEMPORARY TABLE seed ON COMMIT DROP AS
SELECT n, pg_temp.id('order', n) AS id, CASE WHEN n % 15 > 0 THEN pg_temp.id('cus', 1 + pg_temp.pick('buyer', n, 140)) END AS customer, CASE WHEN n % 9 = 0 THEN 2 ELSE 1 END AS version,
  (ARRAY['eur', 'dkk', 'usd', 'jpy'])[1 + pg_temp.pick('currency', n, 4)] AS currency, '2024-01-03 07:00:00.123Z'::timestamptz + n * interval '43 hours 7 minutes' AS placed,
  (ARRAY['pending', 'completed', 'completed', 'pending', 'canceled', 'archived', 'requires_action', 'pending', 'draft'])[1 + pg_temp.pick('status', n, 9)]::order_status_enum AS status
FROM generate_series(1, 260) n;
INSERT INTO order_address (id, customer_id, first_name, last_name, address_1, city, country_code, postal_code)
SELECT pg_temp.id('ordaddr', n), customer, 'Ship', 'Here', 'Kaj ' || n, 'Aarhus', 'dk', '8000' FROM seed;
INSERT INTO "order" (id, region_id, display_id, customer_id, version, sales_channel_id, status, is_draft_order, email, currency_code, shipping_address_id, created_at, updated_at, canceled_at, deleted_at)
SELECT id, 'reg_' || currency, 1000 + n, customer, version, 'sc_web', status, status = 'draft', 'person' || n || '@example.com', currency, pg_temp.id('ordaddr', n), placed, placed + version * interval '5 hours',
  CASE WHEN status = 'canceled' THEN placed + interval '2 hours' END, CASE WHEN n % 65 = 0 THEN placed + interval '90 days' END FROM seed;

-- One to four lines each. What was bought stands in order_line_item, how many of it in order_item, once for each version.
CREATE TEMPORARY TABLE seed_line ON COMMIT DROP AS
SELECT s.*, k, n * 4 + k AS line, pg_temp.id('ordli', n * 4 + k) AS item, v.id AS variant, 1 + pg_temp.pick('quantity', n * 4 + k, 5) AS quantity,
  CASE WHEN currency = 'jpy' THEN 500 + pg_temp.pick('price', n * 4 + k, 90) * 100 ELSE (999 + pg_temp.pick('price', n * 4 + k, 20000)) / 100.0 END AS price,
  CASE pg_temp.pick('shipped', n, 3) WHEN 0 THEN 0 WHEN 1 THEN 1 ELSE 9 END AS most_shipped
FROM seed s CROSS JOIN LATERAL generate_series(0, pg_temp.pick('lines', n, 4)) k JOIN product_variant v ON v.id = pg_temp.id('variant', 1 + pg_temp.pick('variant', n * 4 + k, 180));
INSERT INTO order_line_item (id, title, subtitle, variant_id, product_id, product_title, variant_sku, variant_title, unit_price, raw_unit_price, is_tax_inclusive, created_at, updated_at)
SELECT l.item, p.title, v.title, CASE WHEN line % 41 > 0 THEN v.id END, CASE WHEN line % 41 > 0 THEN p.id END, p.title, v.sku, v.title, price, pg_temp.raw(price), false, placed, placed
FROM seed_line l JOIN product_variant v ON v.id = l.variant JOIN product p ON p.id = v.product_id;
INSERT INTO order_item (id, order_id, version, item_id, quantity, raw_quantity, fulfilled_quantity, raw_fulfilled_quantity, shipped_quantity, raw_shipped_quantity, delivered_quantity, raw_delivered_quantity,
  return_requested_quantity, raw_return_requested_quantity, return_received_quantity, raw_return_received_quantity, return_dismissed_quantity, raw_return_dismissed_quantity, written_off_quantity, raw_written_off_quantity, unit_price, raw_unit_price, created_at, updated_at)
SELECT pg_temp.id('orditem', line * 2 + v), id, v, item, count, pg_temp.raw(count), shipped, pg_temp.raw(shipped), shipped, pg_temp.raw(shipped), 0, pg_temp.raw(0), 0, pg_temp.raw(0), 0, pg_temp.raw(0), 0, pg_temp.raw(0), 0, pg_temp.raw(0),
  edited, pg_temp.raw(edited), placed + v * interval '1 hour', placed + v * interval '1 hour'
FROM (SELECT l.*, v, quantity + v - 1 AS count, CASE WHEN status IN ('completed', 'archived') THEN quantity + v - 1 WHEN status = 'pending' THEN least(quantity, most_shipped) ELSE 0 END AS shipped,
  CASE WHEN v = 2 AND k = 0 THEN round(price * 0.9, CASE WHEN currency = 'jpy' THEN 0 ELSE 2 END) END AS edited FROM seed_line l, generate_series(1, l.version) v) t;
INSERT INTO order_line_item_tax_line (id, code, rate, raw_rate, item_id)
SELECT pg_temp.id('ordlitxl', line), 'VAT', rate, pg_temp.raw(rate), item FROM (SELECT *, CASE currency WHEN 'eur' THEN 19 WHEN 'dkk' THEN 25 WHEN 'jpy' THEN 10 END AS rate FROM seed_line) t WHERE rate IS NOT NULL;

INSERT INTO order_shipping_method (id, name, amount, raw_amount, is_tax_inclusive)
SELECT pg_temp.id('ordsm', n), CASE WHEN n % 2 = 0 THEN 'Standard' ELSE 'Express' END, amount, pg_temp.raw(amount), false FROM (SELECT *, CASE WHEN n % 5 = 0 THEN 0 WHEN currency = 'jpy' THEN 800 ELSE 7.95 END AS amount FROM seed) t WHERE n % 25 > 0;
INSERT INTO order_shipping (id, order_id, version, shipping_method_id)
SELECT pg_temp.id('ordspmv', n * 2 + v), id, v, pg_temp.id('ordsm', n) FROM seed, generate_series(1, version) v WHERE n % 25 > 0;
INSERT INTO order_summary (id, order_id, version, totals)
SELECT pg_temp.id('ordsum', n * 2 + v), id, v, jsonb_build_object('current_order_total', total, 'original_order_total', total, 'paid_total', CASE WHEN status = 'completed' THEN total ELSE 0 END, 'pending_difference', CASE WHEN status = 'completed' THEN 0 ELSE total END)
FROM (SELECT s.*, v, goods.amount + coalesce(m.amount, 0) AS total FROM seed s CROSS JOIN LATERAL generate_series(1, s.version) v
  CROSS JOIN LATERAL (SELECT sum(round(coalesce(i.unit_price, l.unit_price) * i.quantity * (1 + coalesce(t.rate, 0) / 100), CASE WHEN s.currency = 'jpy' THEN 0 ELSE 2 END)) AS amount
    FROM order_item i JOIN order_line_item l ON l.id = i.item_id LEFT JOIN order_line_item_tax_line t ON t.item_id = l.id WHERE i.order_id = s.id AND i.version = v) goods
  LEFT JOIN order_shipping_method m ON m.id = pg_temp.id('ordsm', n)) t;
INSERT INTO order_change (id, order_id, version, status, change_type, internal_note, created_at, updated_at, confirmed_at, declined_at)
SELECT pg_temp.id('ordch', n), id, 2, status, 'edit', note, placed + interval '1 hour', placed + interval '2 hours', CASE status WHEN 'confirmed' THEN placed + interval '2 hours' END, CASE status WHEN 'declined' THEN placed + interval '2 hours' END
FROM (SELECT n, id, placed, CASE WHEN version = 2 THEN 'confirmed' ELSE 'declined' END AS status, CASE WHEN n % 2 = 0 THEN 'one more, by telephone' END AS note FROM seed WHERE version = 2 OR n % 14 = 0) t;
INSERT INTO order_transaction (id, order_id, version, amount, raw_amount, currency_code, reference, reference_id, created_at)
SELECT pg_temp.id('ordtrx', n), s.id, 1, total, pg_temp.raw(total), currency, 'capture', pg_temp.id('capt', n), placed + interval '1 day'
FROM seed s JOIN LATERAL (SELECT (totals ->> 'paid_total')::numeric AS total FROM order_summary o WHERE o.order_id = s.id AND o.version = s.version) t ON total > 0;

-- A parcel for each order that shipped something; its lines, its label, and the link to its order.
INSERT INTO fulfillment_provider (id, is_enabled) VALUES ('manual_manual', true), ('gls_gls', true), ('postnord_postnord', false);
INSERT INTO fulfillment (id, location_id, packed_at, shipped_at, delivered_at, canceled_at, provider_id, created_at, updated_at)
SELECT pg_temp.id('ful', n), CASE n % 2 WHEN 0 THEN 'sloc_CPH' ELSE 'sloc_HAM' END, placed + interval '1 day', CASE WHEN n % 6 > 0 THEN placed + interval '26 hours' END, CASE WHEN status = 'completed' THEN placed + interval '3 days' END,
  CASE WHEN n % 40 = 0 THEN placed + interval '27 hours' END, CASE WHEN n % 21 > 0 THEN pg_temp.one_of('carrier', n, ARRAY['manual_manual', 'gls_gls', 'postnord_postnord']) END, placed + interval '20 hours', placed + interval '3 days'
FROM seed s WHERE EXISTS (SELECT FROM order_item i WHERE i.order_id = s.id AND i.shipped_quantity > 0);
INSERT INTO order_fulfillment (order_id, fulfillment_id, id)
SELECT id, pg_temp.id('ful', n), pg_temp.id('ordful', n) FROM seed WHERE EXISTS (SELECT FROM fulfillment f WHERE f.id = pg_temp.id('ful', n));
INSERT INTO fulfillment_item (id, title, sku, barcode, quantity, raw_quantity, line_item_id, fulfillment_id)
SELECT pg_temp.id('fulit', line), o.title, coalesce(o.variant_sku, ''), '', i.shipped_quantity, i.raw_shipped_quantity, l.item, pg_temp.id('ful', n)
FROM seed_line l JOIN order_line_item o ON o.id = l.item JOIN order_item i ON i.item_id = l.item AND i.version = l.version AND i.shipped_quantity > 0;
INSERT INTO fulfillment_label (id, tracking_number, tracking_url, label_url, fulfillment_id, created_at)
SELECT pg_temp.id('fulla', n * 2 + k), '00' || 370000000 + n * 10 + k, '#', '#', f.id, f.created_at + k * interval '1 hour'
FROM seed, generate_series(0, CASE WHEN n % 8 = 0 THEN 1 ELSE 0 END) k, fulfillment f WHERE f.id = pg_temp.id('ful', n) AND n % 4 < 3;
INSERT INTO reservation_item (id, line_item_id, location_id, quantity, raw_quantity, inventory_item_id, allow_backorder, created_at)
SELECT pg_temp.id('resitem', line), item, 'sloc_CPH', quantity, pg_temp.raw(quantity), replace(l.variant, 'variant', 'iitem'), false, placed
FROM seed_line l JOIN inventory_item i ON i.id = replace(l.variant, 'variant', 'iitem') WHERE status = 'pending' AND most_shipped = 0;

SELECT setval('order_display_id_seq', 1261);
COMMIT;
ANALYZE;
