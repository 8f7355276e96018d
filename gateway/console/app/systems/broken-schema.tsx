import type { SupergraphReport } from '../../../telemetry/systems-report.ts';
import { Icon } from '../parts/icon.tsx';
import { Since } from './gateway-panels.tsx';

/** Says why what the files say of the schema can't be taken into use. */
export function BrokenSchema({
  supergraph: { status, since, faults, version },
}: {
  readonly supergraph: SupergraphReport;
}) {
  if (status === 'current') return null;
  return (
    <section class="broken" aria-labelledby="broken-schema">
      <header>
        <Icon name="alert" />
        <h2 id="broken-schema">A change of the schema can’t be taken up</h2>
        <p>
          Since <Since at={since} />. All goes on with version <code>{version}</code>; it is tried again as soon as a
          file changes.
        </p>
      </header>
      {/* Long messages scroll sideways, by keyboard too. */}
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached. */}
      <ol class="messages" tabIndex={0}>
        {faults.map((fault) => (
          <li key={fault}>{fault}</li>
        ))}
      </ol>
    </section>
  );
}
