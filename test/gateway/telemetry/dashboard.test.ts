import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { served, subgraphSchema } from '../fixture.ts';
import { counted, seriesOf } from './counted.ts';

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly type: string;
  readonly datasource?: { readonly type: string; readonly uid: string };
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets?: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Variable {
  readonly name: string;
  readonly type: string;
  readonly query: string;
}

const dashboard = JSON.parse(
  readFileSync(new URL('../../../gateway/telemetry/dashboard.json', import.meta.url), 'utf8'),
) as { readonly panels: readonly Panel[]; readonly templating: { readonly list: readonly Variable[] } };
const { panels, templating } = dashboard;
const expressions = panels.flatMap(({ title, targets = [] }) => targets.map(({ expr }) => [title, expr] as const));

/** The names of metrics in PromQL; functions have a parenthesis behind them, labels stand inside braces or parentheses of their own. */
function metricsIn(expression: string): string[] {
  const bare = expression
    .replaceAll(/\{[^}]*\}/g, '')
    .replaceAll(/\[[^\]]*\]/g, '')
    .replaceAll(/\bby \([^)]*\)/g, '');
  return [...bare.matchAll(/[a-z_][a-z\d_]*(?!\w*\s*\()/gi)]
    .map(([name]) => name)
    .filter((name) => /^(?:junction|nodejs|process)_/.test(name));
}

test('each expression asks for metrics that there are, with labels that they have', async (t) => {
  const gateway = await counted(t, { subgraphs: { orders: await served(t, subgraphSchema('orders')) } });
  const load = () => ({ used: 1, waiting: 0 });
  gateway.opened?.systems.open({ subgraph: 'orders', system: 'shop', kind: 'sqlite' }, load).add(1, 'OK', 'id');
  await gateway.ask('{ customer(id: "1") { name } }');
  await gateway.ask('{ nothing }');
  const labels = new Map<string, Set<string>>();
  for (const series of seriesOf(await (await gateway.metrics()).text())) {
    const own = labels.get(series.name) ?? new Set(['job', 'instance']);
    for (const label of Object.keys(series.labels)) own.add(label);
    labels.set(series.name, own);
  }
  assert.ok(expressions.length > 30, String(expressions.length));
  for (const [title, expression] of expressions) {
    const names = metricsIn(expression);
    assert.ok(names.length > 0, `${title}: ${expression}`);
    for (const name of names) assert.ok(labels.has(name), `${title}: there is no ${name}`);
    const known = new Set(names.flatMap((name) => [...(labels.get(name) ?? [])]));
    const used = [...expression.matchAll(/(?:\{|,)(\w+)(?:=|!)|\bby \(([^)]*)\)/g)].flatMap(([, one, many = '']) =>
      one === undefined ? many.split(',').map((each) => each.trim()) : [one],
    );
    for (const label of used) assert.ok(known.has(label), `${title}: ${names} has no label ${label}`);
  }
});

test('each metric of requests, fetches, systems and plans is on it', () => {
  const asked = new Set(expressions.flatMap(([, expression]) => metricsIn(expression)));
  for (const name of [
    'requests_total',
    'refusals_total',
    'fetches_total',
    'system_calls_total',
    'plan_cache_hits_total',
  ])
    assert.ok(asked.has(`junction_${name}`), name);
  for (const name of ['request', 'fetch', 'system_call', 'planning'])
    assert.ok(asked.has(`junction_${name}_duration_seconds_bucket`), name);
});

test('whoever imports it chooses the data source; no panel names one, and none covers another', () => {
  const [first, ...others] = templating.list;
  assert.deepEqual([first?.name, first?.type, first?.query], ['datasource', 'datasource', 'prometheus']);
  assert.deepEqual(
    others.map(({ name }) => name),
    ['job', 'instance'],
  );
  assert.equal(new Set(panels.map(({ id }) => id)).size, panels.length);
  const taken = new Set<string>();
  for (const { title, type, datasource, gridPos, targets = [] } of panels) {
    const { x, y, w, h } = gridPos;
    assert.ok(x + w <= 24, title);
    for (let row = y; row < y + h; row += 1) {
      for (let column = x; column < x + w; column += 1) {
        assert.ok(!taken.has(`${row}:${column}`), `${title} covers another`);
        taken.add(`${row}:${column}`);
      }
    }
    if (type === 'row') continue;
    for (const each of [{ datasource }, ...targets])
      assert.match(each.datasource?.uid ?? '', /^\$\{datasource\}$/, title);
    for (const { expr } of targets) assert.match(expr, /\{job=~"\$job",instance=~"\$instance"/, title);
    for (const { expr } of targets) if (/\brate\(/.test(expr)) assert.match(expr, /\[\$__rate_interval\]/, title);
  }
});
