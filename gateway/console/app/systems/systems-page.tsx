import './systems.css';
import type { SystemsReport } from '../../../telemetry/systems-report.ts';
import { clock } from '../format/times.ts';
import { Failure } from '../parts/failure.tsx';
import { Icon } from '../parts/icon.tsx';
import { PageHead } from '../parts/page-head.tsx';
import { Skeleton } from '../parts/skeleton.tsx';
import { BrokenSchema } from './broken-schema.tsx';
import { GatewayPanel, SupergraphPanel } from './gateway-panels.tsx';
import { troublesOf } from './state.ts';
import { SubgraphPanel } from './subgraph-panel.tsx';
import { useOpen } from './use-open.ts';
import { useSystems } from './use-systems.ts';

/** How the gateway, its schema, its subgraphs and the systems behind them are, and how the last hour was. For operators. */
export function SystemsPage() {
  const { answer, error, refresh } = useSystems();
  if (answer?.kind === 'forbidden') return <Forbidden message={answer.message} />;
  if (!answer && error) {
    return (
      <>
        <PageHead title="Systems" />
        <Failure error={error} retry={refresh} />
      </>
    );
  }
  return (
    <>
      <PageHead title="Systems">
        {answer && <Troubles of={troublesOf(answer.report)} />}
        <div class="freshness">
          {answer && (
            <span>
              {error ? 'as of' : 'read'} <time dateTime={answer.at.toISOString()}>{clock(answer.at)}</time>
            </span>
          )}
          <button type="button" class="icon-button" onClick={refresh} aria-label="Ask again" title="Ask again">
            <Icon name="refresh" />
          </button>
        </div>
      </PageHead>
      {answer && error && (
        <div class="note stale" role="alert">
          <Icon name="alert" />
          <div>
            <strong>{error.message}</strong>
            <p>This is how it was at {clock(answer.at)}. It is asked again every five seconds.</p>
          </div>
        </div>
      )}
      {answer ? <Report report={answer.report} /> : <Loading />}
    </>
  );
}

function Report({ report }: { readonly report: SystemsReport }) {
  const { gateway, supergraph, subgraphs } = report;
  const openOf = useOpen();
  return (
    <>
      <BrokenSchema supergraph={supergraph} />
      <div class="panels">
        <GatewayPanel gateway={gateway} errors={openOf('gateway')} />
        <SupergraphPanel supergraph={supergraph} subgraphs={subgraphs} />
        {subgraphs.map((subgraph) => (
          <SubgraphPanel
            key={subgraph.name}
            subgraph={subgraph}
            gatewayHour={gateway.lastHour}
            errors={openOf(subgraph.name)}
            callErrors={openOf(`${subgraph.name}.calls`)}
          />
        ))}
      </div>
    </>
  );
}

/** Says what is wrong; to a screen reader whenever that changes. */
function Troubles({ of: troubles }: { readonly of: readonly string[] }) {
  return (
    <p class={`troubles ${troubles.length > 0 ? 'some' : ''}`} role="status">
      <Icon name={troubles.length > 0 ? 'alert' : 'check'} />
      {troubles.length > 0 ? troubles.join(' ') : 'All systems answer.'}
    </p>
  );
}

function Forbidden({ message }: { readonly message: string }) {
  return (
    <>
      <PageHead title="Systems" />
      <div class="failure">
        <Icon name="lock" />
        <h2>This page is for operators</h2>
        <p>
          It needs the scope <code>junction:operator</code>, which you don’t have. Whoever gives out accounts at your
          provider can add it.
        </p>
        <p class="nothing">{message}</p>
      </div>
    </>
  );
}

function Loading() {
  return (
    <div class="panels">
      {(['two-thirds', 'third', '', '', '', ''] as const).map((size, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: they never change places.
        <section key={i} class={`panel ${size}`} aria-busy="true">
          <div class="panel-body">
            <Skeleton rows={7} />
          </div>
        </section>
      ))}
    </div>
  );
}
