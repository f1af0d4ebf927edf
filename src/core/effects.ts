/** What a decision asks the world to do. Each is one activity, done at most once under its key. */
import type { Channel, InvoiceId, SubscriptionId } from './subscription.ts';
import type { Instant } from './time.ts';
import type { Money } from './money.ts';

/** The messages that can be sent; their texts are config/messages/<language>/<name>.yaml. */
export type MessageName =
  'renewal-reminder' | 'payment-failed' | 'retry-failed' | 'access-ends-soon' | 'locked' | 'thank-you' | 'farewell';

/** The figures of a message: amounts and moments, which the activity puts into the customer's language and zone. */
export interface MessageFigures {
  money: Money;
  invoice: InvoiceId;
  /** What the customer can do about it; it chooses the sentence that explains the decline. */
  declineClass?: 'soft' | 'update' | 'authenticate' | 'hard';
  renewsAt?: Instant;
  nextTryAt?: Instant;
  accessUntil?: Instant;
  endsAt?: Instant;
}

interface Keyed {
  /** `subscription/cycle/case/step/try`: idempotency key at the provider, unique key in the ledger. */
  key: string;
  /** The key without the subscription: the step of this life. */
  step: string;
  subscription: SubscriptionId;
  /** When the decision wanted it: the moment on the customer's life, also when time is skipped. */
  at: Instant;
  /** What and why, in words for the person who reads the history. */
  what: string;
  why: string;
}

export type Effect = Keyed &
  (
    | { kind: 'charge'; invoice: InvoiceId; money: Money; instrument?: string }
    | { kind: 'sendMessage'; channel: Exclude<Channel, 'call'>; message: MessageName; figures: MessageFigures }
    | { kind: 'openCallTask'; task: CallTaskOrder }
    | { kind: 'withdrawCallTask'; task: CallTaskRef; because: string }
    | { kind: 'writeOff'; invoice: InvoiceId }
  );

export type EffectOf<K extends Effect['kind']> = Extract<Effect, { kind: K }>;

/** Names one call task: the n-th of a case. */
export interface CallTaskRef {
  id: string;
  case: string;
  n: number;
}

export interface CallTaskOrder extends CallTaskRef {
  invoice: InvoiceId;
  money: Money;
  declineCode?: string;
  /** The call is worth less after this moment. */
  dueAt: Instant;
}

/** The id that REST knows a call task by. */
export function callTaskId(subscription: SubscriptionId, cycle: number, n: number): string {
  return `ct_${subscription}_${cycle}_${n}`;
}
