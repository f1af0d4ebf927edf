/** The tables of the ledger as kysely sees them. Instants come back as text (database.ts), amounts as numbers. */
import type { ColumnType, Generated, JSONColumnType } from 'kysely';
import type { Decision } from '../core/decide.ts';
import type { Fact } from '../core/facts.ts';
import type { Policy } from '../core/policy.ts';
import type { State } from '../core/state.ts';
import type { Terms } from '../core/subscription.ts';
import type { CivilDate, Instant } from '../core/time.ts';

type Json<T extends object> = JSONColumnType<T>;
/** Set by the database when the row is made, for people who look after it; decisions never read it. */
type WrittenAt = ColumnType<Instant, never, never>;

/** A person, and the only place where names, addresses and numbers are kept. */
export interface CustomerTable {
  id: string;
  name: string;
  email: string | null;
  /** E.164. */
  phone: string | null;
  written_at: WrittenAt;
}

/** One row a subscription: what was agreed, and the newest decision's view of it. */
export interface SubscriptionTable {
  id: string;
  customer_id: string;
  /** The enrolment as it was asked for, to tell a repeated request from a conflicting one. */
  enrolment: Json<object>;
  terms: Json<Terms>;
  /** The biller's id of the customer. */
  billing_customer: string;
  plan_name: string;
  decision: number;
  state: Json<State>;
  standing: string;
  access: string;
  collection: string;
  policy: string;
  next_at: Instant | null;
  amount_at_risk_minor: number;
  currency: string;
  country: string;
  written_at: WrittenAt;
}

/** Every version of every policy that was ever in force. */
export interface PolicyTable {
  id: string;
  version: number;
  hash: string;
  content: Json<Policy>;
  written_at: WrittenAt;
}

/** What became known, each fact once. */
export interface FactTable {
  subscription_id: string;
  id: string;
  decision: number;
  at: Instant;
  kind: string;
  body: Json<Fact>;
  written_at: WrittenAt;
}

/** Every decision with its reasons. */
export interface DecisionTable {
  subscription_id: string;
  number: number;
  /** The moment it was made for, on the customer's life. */
  at: Instant;
  facts: Json<string[]>;
  decision: Json<Decision>;
  written_at: WrittenAt;
}

/** Every effect: claimed before it is tried, confirmed with its result after. */
export interface EffectTable {
  key: string;
  subscription_id: string;
  kind: string;
  at: Instant;
  request: Json<object>;
  /** Null while it is claimed and not known to be done. */
  result: Json<object> | null;
  /** The provider's id of what was done. */
  reference: string | null;
  written_at: WrittenAt;
  done_at: ColumnType<Instant | null, never, Instant>;
}

/** Our invoice ids and what the biller calls them. */
export interface InvoiceTable {
  id: string;
  subscription_id: string;
  reference: string;
  pay_url: string | null;
  /** The card that was declined last. */
  card_brand: string | null;
  card_last4: string | null;
}

/** A person must phone. */
export interface CallTaskTable {
  id: string;
  subscription_id: string;
  case: string;
  n: number;
  invoice_id: string;
  amount_minor: number;
  currency: string;
  decline_code: string | null;
  opened_at: Instant;
  due_at: Instant;
  status: Generated<'open' | 'completed' | 'withdrawn'>;
  outcome: string | null;
  promised_for: CivilDate | null;
  closed_at: Instant | null;
}

/** What agents wrote about a call: personal data, so it stays out of histories. */
export interface CallNoteTable {
  id: Generated<number>;
  call_task_id: string;
  note: string;
  written_at: WrittenAt;
}

/** Webhook events as they came, each once. */
export interface WebhookEventTable {
  id: string;
  provider: string;
  type: string;
  raw: string;
  received_at: WrittenAt;
  processed_at: ColumnType<Instant | null, never, Instant>;
}

export interface LedgerTables {
  customers: CustomerTable;
  subscriptions: SubscriptionTable;
  policies: PolicyTable;
  facts: FactTable;
  decisions: DecisionTable;
  effects: EffectTable;
  invoices: InvoiceTable;
  call_tasks: CallTaskTable;
  call_notes: CallNoteTable;
  webhook_events: WebhookEventTable;
}
