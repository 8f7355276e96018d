import { duration } from '../format/words.ts';
import { systemName } from '../parts/system-name.ts';
import { Table } from '../parts/table.tsx';
import { When } from '../parts/when.tsx';
import { Place } from './place.tsx';
import type { Run } from './run.ts';
import { size } from './size.ts';
import { colourOf } from './subgraph-colour.ts';
import { fetchSteps, placeOf } from './told.ts';
import { Untold } from './untold.tsx';

/** Each fetch on a line of time. Who may not see them is told at least which systems were asked. */
export function FetchesView({ run }: { readonly run: Run }) {
  const { trace, sources, ran } = run;
  if (!trace || 'refused' in trace) {
    return (
      <>
        <Untold trace={trace} ran={ran} />
        {sources.length > 0 && (
          <Table
            label="Systems that were asked"
            rows={sources}
            keyOf={({ subgraph }) => subgraph}
            columns={[
              { name: 'System', cell: ({ subgraph }) => <System subgraph={subgraph} /> },
              { name: 'Read', cell: ({ readAt, code }) => code ?? <When at={readAt} precise /> },
              { name: 'Longest fetch', cell: ({ ms }) => duration(ms), align: 'end' },
            ]}
          />
        )}
      </>
    );
  }
  const fetches = fetchSteps(trace.plan)
    .flatMap((step) => step.fetches.map((fetch) => ({ ...fetch, subgraph: step.subgraph, place: placeOf(step) })))
    .toSorted((a, b) => a.startMs - b.startMs);
  if (fetches.length === 0) return <Untold trace={undefined} ran={ran} />;
  const wholeMs = Math.max(trace.ms, ...fetches.map(({ startMs, ms = 0 }) => startMs + ms), 0.1);
  const percent = (ms: number) => `${(ms / wholeMs) * 100}%`;
  return (
    <table class="waterfall" aria-label="Fetches by their start">
      <thead>
        <tr>
          <th scope="col">System</th>
          <th scope="col">From start to end, of {duration(wholeMs)}</th>
          <th scope="col" class="align-end">
            Took
          </th>
          <th scope="col" class="align-end">
            Size
          </th>
        </tr>
      </thead>
      <tbody>
        {fetches.map(({ subgraph, place, startMs, ms, bytes, code, shared }) => (
          <tr key={`${subgraph} ${place} ${startMs}`}>
            <th scope="row">
              <System subgraph={subgraph} />
              {place !== undefined && <Place of={place} />}
              {code !== undefined && <span class="waterfall-code">{code}</span>}
            </th>
            <td>
              <span class="unseen">from {duration(startMs)} on</span>
              <span class="waterfall-track" title={`from ${duration(startMs)} on`}>
                <span
                  class={`waterfall-bar ${colourOf(subgraph)}`}
                  style={{ marginInlineStart: percent(startMs), inlineSize: percent(ms ?? wholeMs - startMs) }}
                />
              </span>
            </td>
            <td class="align-end">{ms === undefined ? 'under way' : duration(ms)}</td>
            <td class="align-end">{shared ? 'shared' : bytes === undefined ? '–' : size(bytes)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function System({ subgraph }: { readonly subgraph: string }) {
  return (
    <span class="system">
      <span class={`system-dot ${colourOf(subgraph)}`} aria-hidden="true" />
      {systemName(subgraph)}
    </span>
  );
}
