// The money of an order, its pickup and what became of both, as `GET /v1/orders/{order_id}` answers them.
import { readChoice, type Line } from '../kept';
import { journey, type Order, type Step, type StepName } from '../order';
import { list, record, text, textOrNull, whole } from '../shape';

export interface Money {
  status: string;
  /** Somebody has paid, and their bank has not confirmed it yet. */
  processing: boolean;
  /** The payments that paid for any of it, oldest first. */
  receipts: Receipt[];
  refundedMinor: number;
  /** Why it cannot be made after all. */
  refundReason: string | null;
  pickup: { at: string | null; readyAt: string | null } | null;
}

export interface Receipt {
  paymentId: string;
  amountMinor: number;
  tipMinor: number;
  refundedMinor: number;
  paidAt: string | null;
  method: Method | null;
}

export interface Method {
  brand: string;
  last4: string | null;
}

export function readMoney({ body }: Order): Money {
  const payment = record(body['payment'], 'payment');
  const pickup = body['pickup'] == null ? null : record(body['pickup'], 'pickup');
  const receipts = list(payment, 'receipts', readReceipt);
  return {
    status: text(payment, 'status'),
    processing: payment['processing'] === true,
    receipts,
    refundedMinor: receipts.reduce((sum, receipt) => sum + receipt.refundedMinor, 0),
    refundReason: textOrNull(body, 'refund_reason'),
    pickup: pickup && { at: textOrNull(pickup, 'at'), readyAt: textOrNull(pickup, 'ready_at') },
  };
}

function readReceipt(value: unknown): Receipt {
  const receipt = record(value, 'receipt');
  const method = receipt['method'] == null ? null : record(receipt['method'], 'method');
  return {
    paymentId: text(receipt, 'payment_id'),
    amountMinor: whole(receipt, 'amount_minor'),
    tipMinor: whole(receipt, 'tip_minor'),
    refundedMinor: whole(receipt, 'refunded_minor'),
    paidAt: textOrNull(receipt, 'paid_at'),
    method: method && { brand: text(method, 'brand'), last4: textOrNull(method, 'last4') },
  };
}

/** Where order and money stand together, in the words of the page. */
export type Stage = 'unpaid' | 'processing' | 'failed' | 'paid' | 'refund_due' | 'refunded' | 'lapsed';

/** `isBack`: the guest comes from the payment page with it paid, as far as that page went. Unpaid then, their bank has not decided yet. */
export function stageOf({ status: order }: Order, { status, processing, receipts }: Money, isBack: boolean): Stage {
  if (status === 'refunded' || status === 'part_refunded') return 'refunded';
  if (order === 'refund_due' || (order === 'cancelled' && status === 'paid')) return 'refund_due';
  if (status === 'paid' || (isBack && !processing && receipts.length > 0)) return 'paid'; // at a table, one's own part
  if (order === 'cancelled') return 'lapsed';
  if (status === 'failed') return 'failed';
  return processing || isBack ? 'processing' : 'unpaid';
}

/** Whether the provider is still to be asked. */
export function isUnsettled(stage: Stage): boolean {
  return !['paid', 'refunded', 'lapsed', 'refund_due'].includes(stage);
}

/** The journey of an order that is picked up: paid before anything reaches the kitchen, and on paper only when it is time to cook it. */
export function takeoutSteps(order: Order, { receipts, pickup }: Money, stage: Stage): Step<StepName | 'paid'>[] {
  const [sent, ...rest] = journey(order);
  if (!sent || order.status === 'cancelled') return sent ? [sent, ...rest] : [];
  const isPaid = !isUnsettled(stage);
  const paid: Step<'paid'> = { name: 'paid', state: isPaid ? 'done' : 'later', at: receipts.at(-1)?.paidAt ?? null };
  if (stage === 'refund_due') return [sent, paid];
  const isForLater = pickup?.at != null && order.tickets.length === 0;
  const kitchen = rest.map((step) => (isPaid && !(isForLater && step.state === 'now') ? step : { ...step, state: 'later' as const }));
  return [sent, paid, ...kitchen];
}

/** The order's dishes as lines of a cart, to change them. What was confirmed about allergens is asked again. */
export function linesOf({ body }: Order): Omit<Line, 'key'>[] {
  return list(body, 'lines', (value) => {
    const line = record(value);
    return {
      itemId: text(line, 'item_id'),
      quantity: whole(line, 'quantity'),
      choices: list(line, 'choices', readChoice),
      note: textOrNull(line, 'note') ?? '',
      unitMinor: whole(line, 'unit_minor'),
      acknowledged: [],
    };
  });
}
