import { useId } from 'preact/hooks';
import type { LastHour, SubgraphReport } from '../../../telemetry/systems-report.ts';
import { duration } from '../format/words.ts';
import { Badge } from '../parts/badge.tsx';
import { Hour, HourErrors } from './hour.tsx';
import { isUp } from './state.ts';
import type { Open } from './use-open.ts';

export interface SubgraphPanelProps {
  readonly subgraph: SubgraphReport;
  /** Of the gateway itself; undefined where nothing is counted. */
  readonly gatewayHour: LastHour | undefined;
  /** Whether the errors of its fetches are shown. */
  readonly errors: Open;
  /** Whether those of the calls to its system are. */
  readonly callErrors: Open;
}

/** A subgraph and the system behind it: how they are, and what the last hour was like. */
export function SubgraphPanel({ subgraph, gatewayHour, errors, callErrors }: SubgraphPanelProps) {
  const id = useId();
  const { name, where, status, latencyMs, code, system, lastHour } = subgraph;
  return (
    <section class="panel" aria-labelledby={id} data-state={isUp(subgraph) ? 'ready' : 'down'}>
      <header class="panel-head">
        <h2 id={id}>{name}</h2>
        <div class="panel-aside">
          <Badge value={isUp(subgraph) ? 'up' : 'down'} />
        </div>
      </header>
      <div class="panel-body">
        <ol class="hops" aria-label={`The way to ${system?.name ?? name}`}>
          <Hop
            name={`${name} subgraph`}
            how={where === 'in-process' ? 'in the gateway' : where}
            {...{ status, latencyMs, code }}
          />
          {system && (
            <Hop
              name={system.name}
              how={system.kind}
              status={system.status}
              latencyMs={system.latencyMs}
              code={system.code}
              faults={system.faults}
            />
          )}
        </ol>
        <Hour title="Fetches" hour={lastHour ?? emptied(gatewayHour)} unit="fetches" />
        {system?.lastHour && <Hour title={`Calls to ${system.name}`} hour={system.lastHour} unit="calls" />}
        <HourErrors title="Failed fetches" hour={lastHour} {...errors} />
        <HourErrors title={`Failed calls to ${system?.name}`} hour={system?.lastHour} {...callErrors} />
      </div>
    </section>
  );
}

/** What was never fetched from has no hour of its own. */
function emptied(hour: LastHour | undefined): LastHour | undefined {
  return (
    hour && {
      minutes: hour.minutes.map(({ at }) => ({ at, calls: 0, errors: 0, slowestMs: 0 })),
      errors: [],
      byCode: {},
    }
  );
}

interface HopProps {
  readonly name: string;
  /** By what it is reached. */
  readonly how: string;
  readonly status: 'up' | 'down';
  readonly latencyMs: number;
  readonly code?: string | undefined;
  readonly faults?: readonly string[] | undefined;
}

function Hop({ name, how, status, latencyMs, code, faults = [] }: HopProps) {
  return (
    <li class={`hop hop-${status}`}>
      <span class="hop-name">
        <span class={`dot ${status}`} aria-hidden="true" />
        {name}
        <span class="unseen">, {status}</span>
      </span>
      <span class="hop-how">
        {how} · {status === 'up' ? duration(latencyMs) : 'does not answer'}
      </span>
      {code !== undefined && <code class="hop-code">{code}</code>}
      {faults.length > 0 && (
        <ul class="messages">
          {faults.map((fault) => (
            <li key={fault}>{fault}</li>
          ))}
        </ul>
      )}
    </li>
  );
}
