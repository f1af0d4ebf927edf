/** What became known: the only way in which the world changes a subscription. Named in the past tense. */
import type { CivilDate, Instant } from './time.ts';
import type { Channel, InvoiceId } from './subscription.ts';
import type { Money } from './money.ts';

/** What the bank said, as codes; the biller's words for people are not kept. */
export interface Decline {
  /** The biller's code, such as `insufficient_funds`: an open list. */
  code: string;
  /** The card network's own response code, such as `51`. */
  networkCode?: string;
  /** The network's advice code; its meaning differs by card brand. */
  adviceCode?: string;
  brand?: string;
}

/** The answer to one charge attempt. `reference` is the biller's id of that one attempt. */
export type ChargeOutcome =
  | { outcome: 'paid'; reference: string }
  | { outcome: 'declined'; decline: Decline; reference: string }
  /** The money is on its way and the answer comes later as a fact of its own (bank debits). */
  | { outcome: 'processing'; reference: string }
  /** The biller no longer wants this invoice paid. */
  | { outcome: 'not-due'; status: 'void' | 'uncollectible' };

/** Who asked the bank. All count against the networks' caps; only ours use up the retry plan. */
export type AttemptBy = 'holdfast' | 'biller' | 'customer';

/** How a call ended, in the agent's words. */
export type CallOutcome = 'paid' | 'will-pay' | 'no-answer' | 'wrong-number' | 'do-not-call' | 'other';

export type Fact = FactBody & {
  /** Unique within the subscription: a fact that is told twice is decided once. */
  id: string;
  /** When it happened, which may lie before it became known. */
  at: Instant;
};

export type FactBody =
  | { kind: 'enrolled' }
  | { kind: 'chargeAnswered'; attempt: string; invoice: InvoiceId; answer: ChargeOutcome }
  /** Money that came in by any way that is not our own charge. */
  | { kind: 'paymentSucceeded'; invoice?: string; money: Money; by: AttemptBy; reference: string }
  | { kind: 'paymentFailed'; invoice?: string; decline: Decline; by: AttemptBy; reference: string }
  | { kind: 'paymentMethodReplaced'; instrument: string }
  | { kind: 'messageFailed'; step: string; channel: Channel; reason: string }
  | { kind: 'callTaskCompleted'; task: string; outcome: CallOutcome; promisedFor?: CivilDate }
  | { kind: 'writeOffAnswered'; invoice: InvoiceId; status: 'uncollectible' | 'paid' }
  /** An effect that will never succeed, with the provider's reason. */
  | { kind: 'effectFailed'; effect: string; step: string; reason: string };

export type FactOf<K extends Fact['kind']> = Extract<Fact, { kind: K }>;
