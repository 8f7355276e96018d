import { useId } from 'preact/hooks';
import type { SystemsReport } from '../../../telemetry/systems-report.ts';
import { moment, relative } from '../format/times.ts';
import { duration, number } from '../format/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Facts } from '../parts/facts.tsx';
import { CopyButton } from './copy-button.tsx';
import { Hour, HourErrors } from './hour.tsx';
import type { Open } from './use-open.ts';

export interface GatewayPanelProps {
  readonly gateway: SystemsReport['gateway'];
  /** Whether the errors are shown. */
  readonly errors: Open;
}

/** The gateway itself, and the requests that it had. */
export function GatewayPanel({ gateway, errors }: GatewayPanelProps) {
  const id = useId();
  const { version, node, startedAt, workers, lastHour } = gateway;
  const all = workers.answering + workers.missing;
  return (
    <section class="panel two-thirds" aria-labelledby={id}>
      <header class="panel-head">
        <h2 id={id}>Gateway</h2>
        <div class="panel-aside">
          <Badge value={workers.missing > 0 ? 'down' : 'up'} label={workers.missing > 0 ? 'In part' : 'Up'} />
        </div>
      </header>
      <div class="panel-body">
        <Facts
          of={[
            ['Junction', version],
            ['Node.js', node],
            ['Started', <Since key="started" at={startedAt} />],
            ['Workers', workers.missing > 0 ? `${number(workers.answering)} of ${number(all)} answer` : number(all)],
          ]}
        />
        <Hour title="Requests" hour={lastHour} unit="requests" legend />
        <HourErrors title="Failed requests" hour={lastHour} {...errors} />
      </div>
    </section>
  );
}

/** The supergraph in use. Why it isn't newer stands above all else on the page. */
export function SupergraphPanel({ supergraph, subgraphs }: Pick<SystemsReport, 'supergraph' | 'subgraphs'>) {
  const id = useId();
  const { version, status, since, composedAt, composedInMs } = supergraph;
  return (
    <section class="panel third" aria-labelledby={id} data-state={status === 'current' ? 'ready' : 'down'}>
      <header class="panel-head">
        <h2 id={id}>Schema</h2>
        <div class="panel-aside">
          <Badge value={status} />
        </div>
      </header>
      <div class="panel-body">
        <Facts
          of={[
            [
              'Version',
              <span key="version" class="request-id">
                <code>{version}</code>
                <CopyButton text={version} what="version" />
              </span>,
            ],
            ['Subgraphs', number(subgraphs.length)],
            ['Last composition', <Since key="composed" at={composedAt} />],
            ['Composing took', composedInMs === undefined ? undefined : duration(composedInMs)],
            ...(status === 'outdated' ? [['Outdated since', <Since key="since" at={since} />] as const] : []),
          ]}
        />
      </div>
    </section>
  );
}

/** A moment, and how long ago it was. */
export function Since({ at }: { readonly at: string }) {
  return (
    <time dateTime={at}>
      {moment(at)} <span class="nothing ago">({relative(at)})</span>
    </time>
  );
}
