import assert from 'node:assert/strict';
import { suite, test } from 'node:test';
import { bills, type Invoice } from '../../../subgraphs/demo/billing.ts';
import { blemishes, companyAt, now, today } from '../../../subgraphs/demo/company.ts';
import { accountOf, Balances, entriesOf } from '../../../subgraphs/demo/ledger.ts';
import { type Sale, sales } from '../../../subgraphs/demo/sales.ts';
import { stocks } from '../../../subgraphs/demo/stock.ts';

const company = companyAt(0.05);
const allSales = [...sales(company)];
const allBills = [...bills(company)];
const allInvoices = allBills.flatMap(({ invoices }) => invoices);
const allStocks = [...stocks(company)];

suite('the demo company', () => {
  test('is as large as promised at scale 1', () => {
    const whole = companyAt(1);
    const counts = { orders: 0, lines: 0, whale: 0, invoices: 0 };
    for (const { lines, customer } of sales(whole)) {
      counts.orders += 1;
      counts.lines += lines.length;
      if (customer.id === blemishes.whale.customer) counts.whale += 1;
    }
    for (const { invoices } of bills(whole)) counts.invoices += invoices.length;
    assert.deepEqual([whole.customers.length, whole.products.length], [2000, 500]);
    assert.deepEqual([counts.orders, counts.whale], [20_000, 3000]);
    assert.ok(Math.abs(counts.lines - 60_000) < 1500, `${counts.lines} lines`);
    assert.ok(Math.abs(counts.invoices - 18_000) < 500, `${counts.invoices} invoices`);
  });

  test('adds up within an order', () => {
    for (const { id, lines, subtotal, shipping, tax, total } of allSales) {
      for (const line of lines) assert.equal(line.total, line.price * line.quantity, `order ${id}`);
      assert.equal(sum(lines.map((line) => line.total)), subtotal, `order ${id}`);
      assert.equal(subtotal + shipping + tax, total, `order ${id}`);
      assert.ok(Number.isSafeInteger(total) && total > 0, `order ${id}`);
    }
  });

  test('puts what happens to an order in order', () => {
    for (const { id, placedAt, updatedAt, history, shipments, customer } of allSales) {
      const moments = history.map(({ at }) => at);
      assert.deepEqual(moments, [...moments].sort(ascending), `order ${id}`);
      assert.equal(moments[0], placedAt, `order ${id}`);
      assert.ok(customer.createdAt < placedAt && placedAt <= updatedAt && updatedAt <= now, `order ${id}`);
      for (const { shippedAt, deliveredAt } of shipments) {
        if (shippedAt !== null) assert.ok(placedAt < shippedAt && shippedAt <= now, `order ${id}`);
        if (deliveredAt !== null) assert.ok((shippedAt ?? now) < deliveredAt && deliveredAt <= now, `order ${id}`);
      }
    }
  });

  test('adds up from orders over invoices and payments to accounts and bookings', () => {
    const byOrder = new Map(allSales.map((sale) => [sale.id, sale]));
    for (const { order, invoices } of allBills) {
      if (order === null || invoices.length === 0) continue;
      assert.equal(sum(invoices.map(({ amount }) => amount)), byOrder.get(order)?.total, `order ${order}`);
    }
    const balances = new Balances();
    const booked = new Map<string, number>();
    for (const invoice of allInvoices) {
      assert.equal(invoice.open, openOf(invoice), `invoice ${invoice.id}`);
      assert.equal(invoice.overdue, invoice.open > 0 && invoice.dueOn < today, `invoice ${invoice.id}`);
      for (const { at } of [...invoice.payments, ...invoice.refunds]) assert.ok(at <= now, `invoice ${invoice.id}`);
      balances.add(invoice);
      const account = accountOf(invoice.customer);
      booked.set(account, (booked.get(account) ?? 0) + sum(entriesOf(invoice).map(({ amount }) => amount)));
    }
    const accounts = [...balances.accounts(company)];
    for (const { id, balance } of accounts) assert.equal(balance, booked.get(id) ?? 0, `account ${id}`);
    assert.ok(accounts.some(({ overdue }) => overdue > 0));
  });

  test('has in stock what its movements leave, and committed what its orders wait for', () => {
    const waiting = new Map<string, number>();
    for (const { product, open, quantity, shipped } of allSales.flatMap(({ lines }) => lines)) {
      if (open) waiting.set(product.sku, (waiting.get(product.sku) ?? 0) + quantity - shipped);
    }
    for (const { levels, movements } of allStocks) {
      const sku = levels[0]?.product.sku ?? '';
      assert.equal(sum(levels.map(({ committed }) => committed)), waiting.get(sku) ?? 0, sku);
      for (const { warehouse, onHand } of levels) {
        const moved = movements.filter((movement) => movement.warehouse === warehouse).map(({ quantity }) => quantity);
        assert.equal(sum(moved), onHand, `${sku} in ${warehouse}`);
        assert.ok(onHand >= 0, `${sku} in ${warehouse}`);
      }
    }
    const short = allStocks.filter(({ levels }) =>
      levels.some(({ onHand, committed, reorderPoint }) => reorderPoint !== null && onHand - committed < reorderPoint),
    );
    assert.ok(Math.abs(short.length / company.products.length - 0.1) < 0.05, `${short.length} below the reorder point`);
  });

  test('has every id, mail address and telephone number once', () => {
    const { customers, products } = company;
    const payments = allInvoices.flatMap((invoice) => invoice.payments);
    once(customers.map(({ id }) => id));
    once(customers.flatMap(({ email }) => email ?? []));
    once(customers.flatMap(({ phone }) => phone?.replace(/\D/g, '') ?? []));
    once(products.map(({ sku }) => sku));
    once(allInvoices.map(({ id }) => id));
    once(allInvoices.map(({ number }) => number));
    once(payments.map(({ id }) => id));
    once(allInvoices.flatMap(entriesOf).map(({ id }) => id));
  });

  test('has its blemishes at every scale, and no others', () => {
    for (const scale of [0.005, 0.05, 0.3]) checkBlemishes(scale);
  });
});

function checkBlemishes(scale: number): void {
  const at = companyAt(scale);
  const everySale = [...sales(at)];
  const known = {
    customers: new Set(at.customers.map(({ id }) => id)),
    skus: new Set(at.products.map(({ sku }) => sku)),
  };
  const idsOf = (matches: (sale: Sale) => boolean) => everySale.filter(matches).map(({ id }) => String(id));
  assert.deepEqual(
    idsOf(({ customer }) => !known.customers.has(customer.id)),
    [blemishes.deletedCustomer.order],
  );
  assert.deepEqual(
    idsOf(({ lines }) => lines.some(({ product, open }) => open && !known.skus.has(product.sku))),
    [blemishes.goneProduct.order],
  );
  assert.deepEqual(
    idsOf(({ status }) => status === 'fraud-review'),
    [blemishes.unknownState.order],
  );
  assert.equal(idsOf(({ customer }) => customer.id === blemishes.whale.customer).length, at.whaleOrders);
  for (const [currency, id] of Object.entries(blemishes.currencies)) {
    assert.equal(everySale[Number(id) - 1]?.currency, currency);
  }

  const everyBill = [...bills(at)];
  const billed = new Set(everyBill.map(({ order }) => String(order)));
  assert.deepEqual(
    idsOf(({ id }) => !billed.has(String(id))),
    [blemishes.unknownToErp.order],
  );
  const invoices = everyBill.flatMap((bill) => bill.invoices.map((invoice) => ({ ...invoice, order: bill.order })));
  const yen = invoices.find(({ id }) => id === blemishes.yenInvoice.invoice);
  assert.deepEqual([String(yen?.order), yen?.customer.country.currency], [blemishes.yenInvoice.order, 'JPY']);
  const manual = invoices.find(({ id }) => id === blemishes.manualInvoice.invoice);
  assert.deepEqual([manual?.order, manual?.customer.id], [null, blemishes.manualInvoice.customer]);
  assert.ok(invoices.some(({ customer }) => customer.id === blemishes.deletedCustomer.customer));
  assert.ok(!invoices.some(({ customer }) => customer.id === blemishes.noAccount.customer));

  const accounts = [...new Balances().accounts(at)];
  const withAccount = new Set(accounts.map(({ customer }) => customer.id));
  assert.deepEqual(
    [...known.customers].filter((id) => !withAccount.has(id)),
    [blemishes.noAccount.customer],
  );
  assert.ok(withAccount.has(blemishes.deletedCustomer.customer));
  const unlimited = accounts.filter(({ creditLimit }) => creditLimit === null);
  assert.deepEqual(
    unlimited.map(({ id }) => id),
    [blemishes.noCreditLimit.account],
  );

  const stocked = new Set([...stocks(at)].flatMap(({ levels }) => levels.map(({ product }) => product.sku)));
  assert.deepEqual(
    [...known.skus].filter((sku) => !stocked.has(sku)),
    [blemishes.discontinuedProduct.sku],
  );
  const customer = (id: string) => at.customers.find((each) => each.id === id);
  assert.equal(customer(blemishes.unknownSegment.customer)?.segment, 'government');
  assert.equal(customer(blemishes.noEmail.customer)?.email, null);
  assert.equal(customer(blemishes.noPhone.customer)?.phone, null);
  for (const [id, name] of Object.entries(blemishes.names)) assert.equal(customer(id)?.name, name);
}

function openOf({ status, amount, payments, refunds }: Invoice): number {
  const paid = sum(payments.map((payment) => payment.amount));
  return status === 'voided' ? 0 : amount - paid + sum(refunds.map((refund) => refund.amount));
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((one, other) => one + other, 0);
}

function ascending(one: number, other: number): number {
  return one - other;
}

function once(ids: readonly string[]): void {
  assert.equal(new Set(ids).size, ids.length);
}
