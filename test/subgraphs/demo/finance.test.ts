import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, suite, test } from 'node:test';
import { type Client, createClientAsync, WSSecurity } from 'soap';
import type { StandIn } from '../../../subgraphs/demo/stand-in.ts';
import { start } from '../../../subgraphs/finance/demo/system.ts';

type Invoice = Readonly<Record<string, string>>;

interface Receivable {
  readonly Curr: string;
  readonly OpenAmt: string;
  readonly OpenCnt: number;
  readonly OverdueAmt: string;
  readonly OverdueCnt: number;
}

interface Part {
  readonly Invoice?: readonly Invoice[];
  readonly Entry?: readonly Readonly<Record<string, string>>[];
  readonly More: boolean;
  readonly Total?: number;
}

suite('the ERP stand-in', () => {
  let folder = '';
  let erp: StandIn;
  let client: Client;
  const calls: string[] = [];
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'erp-'));
    erp = await start({ folder, scale: 0.05, onCall: (call) => calls.push(call) });
    client = await connect(erp, 'PasswordDigest');
  });
  after(async () => {
    await erp.close();
    await rm(folder, { recursive: true, force: true });
  });
  const call = async (operation: string, message: object) => (await client[`${operation}Async`](message))[0];

  test('sends records in its own terms, with exact amounts', async () => {
    assert.deepEqual(await call('ReadInvoices', { DocNo: ['1400000005', '1490000001', 'none'] }), {
      Invoice: [
        {
          DocNo: '1400000005',
          PrintNo: 'RE-2023-000005',
          Sts: 'C',
          IssDate: '2023-11-06',
          DueDate: '2023-11-20',
          Amount: '38474',
          OpenAmt: '0',
          Curr: 'JPY',
          OrdRef: '0000000003',
          CustNo: '0000010005',
          Overdue: '-',
        },
        {
          DocNo: '1490000001',
          PrintNo: 'RE-2025-90000001',
          Sts: 'C',
          IssDate: '2025-05-07',
          DueDate: '2025-05-21',
          Amount: '26.50',
          OpenAmt: '0.00',
          Curr: 'EUR',
          CustNo: '0000010008',
          Overdue: '-',
        },
      ],
    });
    const { Payment: payments } = await call('ReadPaymentsByInvoice', { DocNo: ['1400000005'] });
    assert.match(payments[0].PaidAt, /^2023-11-\d\dT\d\d:\d\d:\d\d\+01:00$/);
    assert.deepEqual(await call('ReadPayments', { PayNo: [payments[0].PayNo] }), { Payment: payments });
  });

  test('reads by every key that it has', async () => {
    const byPrintNo = await call('ReadInvoicesByPrintNo', { PrintNo: ['RE-2023-000005'] });
    const byOrder = await call('ReadInvoicesByOrder', { OrdRef: ['0000000003'] });
    assert.deepEqual(byPrintNo, byOrder);
    const { Account: accounts } = await call('ReadAccountsByCustomer', { CustNo: ['0000010004', '0000010003'] });
    assert.deepEqual([accounts.length, accounts[0].AcctNo, accounts[0].CreditLimit], [1, 'D0000010004', undefined]);
    assert.deepEqual(await call('ReadAccounts', { AcctNo: ['D0000010004'] }), { Account: accounts });
    const { OrderBilling: billings } = await call('ReadOrderBilling', { OrdRef: ['0000000003', '0000000011'] });
    assert.deepEqual(billings, [{ OrdRef: '0000000003', BillSts: 'F' }]);
    const { Invoice: voided } = await call('ListInvoices', { Sts: ['X'], MaxRows: 1 });
    const { Refund: refunds } = await call('ReadRefundsByInvoice', { DocNo: [voided[0].DocNo] });
    assert.equal(refunds[0].Amount, voided[0].Amount);
    assert.deepEqual(await call('ReadRefunds', { RefundNo: [refunds[0].RefundNo] }), { Refund: refunds });
  });

  test('goes on after a row to the end of the list, each invoice once', async () => {
    const filter = { Overdue: 'X', IssuedFrom: '2024-01-01', IssuedBefore: '2026-07-01', MaxRows: 5, WithTotal: true };
    for (const order of [
      { SortBy: 'IssDate', SortDesc: true },
      { SortBy: 'DueDate', SortDesc: false },
    ] as const) {
      const seen: Invoice[] = [];
      let more = true;
      let total = 0;
      while (more) {
        const after = seen.at(-1) ? { StartAfter: seen.at(-1)?.DocNo } : {};
        const part: Part = await call('ListInvoices', { ...filter, ...order, ...after });
        seen.push(...(part.Invoice ?? []));
        more = part.More;
        total = part.Total ?? 0;
      }
      const places = seen.map((invoice) => `${invoice[order.SortBy]} ${invoice.DocNo}`);
      const sorted = [...new Set(places)].sort();
      assert.deepEqual(places, order.SortDesc ? sorted.reverse() : sorted);
      assert.ok(total > 5 && seen.length === total, `${seen.length} of ${total}`);
      assert.ok(seen.every(({ IssDate = '' }) => IssDate >= '2024-01-01' && IssDate < '2026-07-01'));
    }
  });

  test('lists by customer and by account', async () => {
    const { Group: groups }: { Group: readonly (Part & { CustNo: string })[] } = await call('ListInvoicesByCustomer', {
      CustNo: ['0000010001', '0000010003'],
      Sts: ['C'],
      SortBy: 'IssDate',
      SortDesc: true,
      MaxRows: 3,
      WithTotal: true,
    });
    assert.deepEqual(
      groups.map(({ CustNo, Invoice = [], More }) => [CustNo, Invoice.length, More]),
      [
        ['0000010001', 3, true],
        ['0000010003', 0, false],
      ],
    );
    const ledger = { AcctNo: ['D0000010001'], MaxRows: 4, WithTotal: true };
    const [first]: readonly Part[] = (await call('ListLedgerByAccount', ledger)).Group;
    const after = { ...ledger, StartAfter: first?.Entry?.[1]?.EntryNo };
    const [next]: readonly Part[] = (await call('ListLedgerByAccount', after)).Group;
    assert.deepEqual(next?.Entry?.slice(0, 2), first?.Entry?.slice(2));
    assert.equal(next?.Total, first?.Total);
  });

  test('adds up what is open and overdue, by currency', async () => {
    const all: { Receivable: readonly Receivable[]; More: boolean } = await call('ListReceivables', { MaxRows: 100 });
    const { Invoice: open = [] }: Part = await call('ListInvoices', { MaxRows: 1000, Sts: ['A', 'B'] });
    const sum = (invoices: readonly Invoice[]) =>
      invoices.reduce((minor, { OpenAmt = '' }) => minor + BigInt(OpenAmt.replace('.', '')), 0n);
    const expected = Map.groupBy(open, ({ Curr }) => Curr ?? '');
    assert.ok(expected.size > 1);
    assert.deepEqual(
      all.Receivable.map(({ OpenAmt, OverdueAmt, ...row }) => ({
        ...row,
        ...{ open: BigInt(OpenAmt.replace('.', '')), overdue: BigInt(OverdueAmt.replace('.', '')) },
      })),
      [...expected].sort().map(([Curr, invoices]) => {
        const overdue = invoices.filter(({ Overdue }) => Overdue === 'X');
        const counts = { OpenCnt: invoices.length, OverdueCnt: overdue.length };
        return { Curr, ...counts, open: sum(invoices), overdue: sum(overdue) };
      }),
    );
    const [first, second] = all.Receivable;
    const page = { MaxRows: 1, StartAfter: first?.Curr };
    assert.deepEqual(await call('ListReceivables', page), { Receivable: [second], More: expected.size > 2 });
    assert.equal(all.More, false);
  });

  test('answers with faults', async () => {
    const keys = Array.from({ length: 101 }, (_, index) => String(index));
    await assert.rejects(call('ReadInvoices', { DocNo: keys }), /soap:Client: at most 100 of DocNo/);
    await assert.rejects(call('ListInvoices', { MaxRows: 1, StartAfter: 'none' }), /soap:Client: there is no DocNo/);
    await assert.rejects(call('ListInvoices', { MaxRows: 1, SortBy: 'Curr' }), /SortBy takes/);
  });

  test('knows its user by a password as text or digest, and nobody else', async () => {
    for (const type of ['PasswordText', 'PasswordDigest']) {
      const known = await connect(erp, type);
      assert.deepEqual((await known.PingAsync({}))[0], { SysDate: '2026-11-01' });
      const unknown = await connect(erp, type, 'wrong');
      await assert.rejects(unknown.PingAsync({}), /wsse:FailedAuthentication/);
    }
    const anonymous = await createClientAsync(erp.settings.FINANCE_URL ?? '', { disableCache: true });
    await assert.rejects(anonymous.PingAsync({}), /wsse:FailedAuthentication/);
  });

  test('tells of each call', async () => {
    calls.length = 0;
    await call('Ping', {});
    await call('ReadAccounts', { AcctNo: ['none'] });
    assert.deepEqual(calls, ['Ping', 'ReadAccounts']);
  });
});

async function connect(
  { settings }: StandIn,
  passwordType: string,
  password = settings.FINANCE_PASSWORD,
): Promise<Client> {
  const same = (text: string) => text;
  const client = await createClientAsync(settings.FINANCE_URL ?? '', {
    disableCache: true,
    customDeserializer: { decimal: same, date: same, dateTime: same },
  });
  client.setSecurity(new WSSecurity(settings.FINANCE_USER ?? '', password ?? '', { passwordType }));
  return client;
}
