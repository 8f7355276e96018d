import { Badge } from '../parts/badge.tsx';
import { Empty } from '../parts/empty.tsx';
import { When } from '../parts/when.tsx';
import type { Shipment } from './fragments.ts';

/** Parcels, with the numbers to follow them by. */
export function ShipmentsList({ of }: { readonly of: readonly Shipment[] }) {
  if (of.length === 0) return <Empty>Nothing has been sent yet.</Empty>;
  return (
    <ul class="shipments">
      {of.map(({ id, status, carrier, trackingNumber, shippedAt, deliveredAt }) => (
        <li key={id}>
          <Badge value={status} />
          <span>
            {carrier} {trackingNumber !== null && <span class="number">{trackingNumber}</span>}
          </span>
          <span class="soft small">
            {shippedAt === null ? (
              'not sent yet'
            ) : (
              <>
                sent <When at={shippedAt} />
              </>
            )}
            {deliveredAt !== null && (
              <>
                , delivered <When at={deliveredAt} />
              </>
            )}
          </span>
        </li>
      ))}
    </ul>
  );
}
