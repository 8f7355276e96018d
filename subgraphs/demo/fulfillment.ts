import { day, hour, now } from './calendar.ts';
import type { Random } from './random.ts';

export type OrderStatus = 'pending' | 'processing' | 'on-hold' | 'completed' | 'refunded' | 'canceled' | 'fraud-review';

/** How far an order has come. */
export interface Fulfillment {
  readonly status: OrderStatus;
  readonly updatedAt: number;
  readonly shipments: readonly Shipment[];
  readonly history: readonly StatusChange[];
}

/** A parcel. */
export interface Shipment {
  readonly status: 'ready' | 'in-transit' | 'delivered' | 'returned';
  readonly carrier: string;
  readonly tracking: string | null;
  readonly shippedAt: number | null;
  readonly deliveredAt: number | null;
}

/** A status that an order has had since a moment. */
export interface StatusChange {
  readonly status: OrderStatus;
  readonly at: number;
  readonly comment: string | null;
}

/**
 * What became of an order by `now`; one that is older than eight days has had time to arrive. `ordered` and the
 * `quantities` that were shipped go by line.
 */
export function fulfill(
  fixed: OrderStatus | undefined,
  placedAt: number,
  ordered: readonly number[],
  random: Random,
): Fulfillment & { readonly quantities: readonly number[] } {
  const status = fixed ?? random.weighted(statusesAt(now - placedAt));
  const history: StatusChange[] = [{ status: 'pending', at: placedAt, comment: null }];
  const none = ordered.map(() => 0);
  const acceptedAt = soonAfter(placedAt, random.int(300, 20_000) * 1000);
  if (status === 'pending') return { status, updatedAt: placedAt, shipments: [], history, quantities: none };
  if (status === 'fraud-review' || (status === 'canceled' && random.chance(0.5))) {
    history.push({ status, at: acceptedAt, comment: status === 'canceled' ? 'Canceled by the customer.' : null });
    return { status, updatedAt: acceptedAt, shipments: [], history, quantities: none };
  }
  history.push({ status: 'processing', at: acceptedAt, comment: null });
  if (status === 'canceled' || status === 'on-hold') {
    const at = soonAfter(acceptedAt, random.int(3600, 80_000) * 1000);
    history.push({ status, at, comment: status === 'canceled' ? 'Payment was refused.' : 'Address is being checked.' });
    return { status, updatedAt: at, shipments: [], history, quantities: none };
  }
  if (status === 'processing') {
    const { shipments, quantities } = partly(acceptedAt, ordered, random);
    return { status, updatedAt: shipments[0]?.shippedAt ?? acceptedAt, shipments, history, quantities };
  }
  const shipments = delivered(status, acceptedAt, random);
  const arrivedAt = Math.max(...shipments.map((shipment) => shipment.deliveredAt ?? 0));
  history.push({ status: 'completed', at: arrivedAt, comment: null });
  const refundedAt = soonAfter(arrivedAt, random.int(3, 20) * day);
  if (status === 'refunded') history.push({ status, at: refundedAt, comment: 'Goods came back.' });
  return { status, updatedAt: status === 'refunded' ? refundedAt : arrivedAt, shipments, history, quantities: ordered };
}

function statusesAt(age: number): readonly (readonly [OrderStatus, number])[] {
  if (age < day)
    return [
      ['pending', 55],
      ['processing', 42],
      ['canceled', 3],
    ];
  if (age < 8 * day)
    return [
      ['pending', 8],
      ['processing', 80],
      ['on-hold', 5],
      ['canceled', 7],
    ];
  if (age < 25 * day)
    return [
      ['processing', 25],
      ['on-hold', 3],
      ['canceled', 8],
      ['completed', 64],
    ];
  return [
    ['on-hold', 0.4],
    ['canceled', 8.6],
    ['refunded', 2.5],
    ['completed', 88.5],
  ];
}

/** At most as late as `now`. */
function soonAfter(moment: number, milliseconds: number): number {
  return Math.min(moment + milliseconds, now);
}

/** One parcel or two, a day apart; the last one arrives at most 7 days after the order was accepted. */
function delivered(status: OrderStatus, acceptedAt: number, random: Random): Shipment[] {
  const firstAt = acceptedAt + random.int(4 * 3600, 48 * 3600) * 1000;
  const days = random.chance(0.2) ? [0, 1] : [0];
  return days.map((days) => {
    const shippedAt = firstAt + days * day;
    const deliveredAt = shippedAt + random.int(18 * 3600, 96 * 3600) * 1000;
    return { status: status === 'refunded' ? 'returned' : 'delivered', ...carried(random), shippedAt, deliveredAt };
  });
}

/** Some of the orders in work are shipped in part, some are packed. */
function partly(
  acceptedAt: number,
  ordered: readonly number[],
  random: Random,
): { shipments: Shipment[]; quantities: number[] } {
  const shippedAt = acceptedAt + random.int(4 * 3600, 60 * 3600) * 1000;
  const sent = random.chance(0.4) && shippedAt < now - hour;
  const packed = !sent && random.chance(0.3);
  const quantities = ordered.map((quantity, index) => {
    if (!sent) return 0;
    return index === 0 ? Math.max(1, quantity - random.int(0, 2)) : random.chance(0.4) ? quantity : 0;
  });
  if (sent)
    return { shipments: [{ status: 'in-transit', ...carried(random), shippedAt, deliveredAt: null }], quantities };
  const ready: Shipment = { status: 'ready', ...carried(random), tracking: null, shippedAt: null, deliveredAt: null };
  return { shipments: packed ? [ready] : [], quantities };
}

function carried(random: Random): Pick<Shipment, 'carrier' | 'tracking'> {
  const carrier = random.pick(['DHL', 'UPS', 'DPD', 'Correos', 'La Poste', 'ヤマト運輸']);
  return { carrier, tracking: random.chance(0.97) ? `00${random.int(10 ** 9, 10 ** 10 - 1)}` : null };
}
