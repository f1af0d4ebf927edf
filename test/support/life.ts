/**
 * Lives a subscription on the pure core alone: a bank that answers, facts on given days, and a diary of what happened.
 * Thousands of lives a second; the same `decide` as in production.
 */
import { loadDeclines, loadPolicies } from '../../config/rules.ts';
import { decide, type Decision, type Entry, type Rulebook } from '../../src/core/decide.ts';
import type { Effect, EffectOf } from '../../src/core/effects.ts';
import type { ChargeOutcome, Fact, FactBody } from '../../src/core/facts.ts';
import type { Policy } from '../../src/core/policy.ts';
import { newState, type State } from '../../src/core/state.ts';
import type { Channel, SubscriptionId, Terms } from '../../src/core/subscription.ts';
import { civilDate, instant, localDate, localTime, type Instant, type Zone } from '../../src/core/time.ts';

const policies = loadPolicies();
const declines = loadDeclines();

export interface LifeOptions {
  policy?: string | Policy;
  renewsOn?: string;
  from?: string;
  until?: string;
  zone?: string;
  interval?: Terms['plan']['interval'];
  channels?: Channel[];
  instrument?: string;
  /** Answers the n-th charge attempt of the life, counted from 1. Default: all are paid. */
  bank?: (attempt: number, charge: EffectOf<'charge'>) => ChargeOutcome | 'silence';
  /** The biller's answer to a write-off. Default: written off. */
  writeOff?: 'uncollectible' | 'paid';
  /** What becomes known on its own. */
  facts?: Fact[];
  /** Called after every decision. */
  watch?: (decision: Decision, now: Instant) => void;
}

export interface Life {
  entries: Entry[];
  effects: Effect[];
  state: State;
  last: Decision;
  zone: Zone;
}

export function declined(code: string): ChargeOutcome {
  return { outcome: 'declined', decline: { code }, reference: `ch_${(references += 1)}` };
}

export function paid(): ChargeOutcome {
  return { outcome: 'paid', reference: `ch_${(references += 1)}` };
}

let references = 0;

/** A bank that declines the first `times` attempts with a code and pays after. */
export function declinesFirst(times: number, code = 'insufficient_funds'): LifeOptions['bank'] {
  return (attempt) => (attempt <= times ? declined(code) : paid());
}

/** A fact on a moment, such as `2027-02-02T10:00:00Z`. */
export function on(at: string, body: FactBody, id = `${at} ${body.kind}`): Fact {
  return { ...body, id, at: instant(at) };
}

export function rulebook(policy: string | Policy = 'cure'): Rulebook {
  const found = typeof policy === 'string' ? policies.get(policy) : policy;
  if (!found) throw new Error(`no policy ${String(policy)}`);
  return { current: { version: 1, policy: found }, pinned: {}, declines };
}

export function terms({
  renewsOn = '2027-03-01',
  zone = 'Europe/Rome',
  interval,
  channels,
  policy = 'cure',
}: LifeOptions = {}): Terms {
  return {
    subscription: 'sub_1' as SubscriptionId,
    customer: 'cus_1',
    zone: zone as Zone,
    language: 'en',
    country: 'IT',
    channels: channels ?? ['mail', 'sms', 'call'],
    plan: {
      id: 'pro',
      price: { amountMinor: 4900, currency: 'EUR' },
      interval: interval ?? { every: 1, unit: 'month' },
    },
    firstRenewalOn: civilDate(renewsOn),
    policy: typeof policy === 'string' ? policy : policy.id,
  };
}

/** Lives from `from` until `until` (default: 40 days after the renewal), or until nothing more can happen. */
export function live(options: LifeOptions = {}): Life {
  const { bank = () => paid(), facts = [], renewsOn = '2027-03-01' } = options;
  const rules = rulebook(options.policy);
  const contract = terms(options);
  const end = instant(options.until ? `${options.until}T23:59:59Z` : Date.parse(renewsOn) + 40 * 86_400_000);
  let now = instant(options.from ?? '2027-02-20T10:00:00Z');
  let state = newState(contract, options.instrument ?? 'pm_1');
  const script = [...facts].sort((a, b) => (a.at < b.at ? -1 : 1));
  const heard: Fact[] = [{ kind: 'enrolled', id: 'enrolled', at: now }];
  const life: Omit<Life, 'last' | 'state'> = { entries: [], effects: [], zone: contract.zone };
  let attempts = 0;
  for (;;) {
    const decision = decide(state, heard.splice(0), now, rules);
    options.watch?.(decision, now);
    life.entries.push(...decision.entries);
    life.effects.push(...decision.effects);
    state = decision.state;
    for (const effect of decision.effects) {
      const answer = effect.kind === 'charge' ? bank((attempts += 1), effect) : 'silence';
      const learned = outcomeOf(effect, answer, options.writeOff ?? 'uncollectible');
      if (learned) heard.push({ ...learned, id: `${effect.key}/answer`, at: now });
    }
    if (heard.length > 0) continue;
    const next = script[0]?.at;
    const wake = decision.wakeAt;
    const then = next && (!wake || next <= wake) ? next : wake;
    if (decision.over || !then || then > end) return { ...life, state, last: decision };
    if (then === next) heard.push(script.shift()!);
    now = then > now ? then : now;
  }
}

function outcomeOf(
  effect: Effect,
  answer: ChargeOutcome | 'silence',
  writeOff: 'uncollectible' | 'paid',
): FactBody | undefined {
  if (effect.kind === 'charge' && answer !== 'silence')
    return { kind: 'chargeAnswered', attempt: effect.step, invoice: effect.invoice, answer };
  if (effect.kind === 'writeOff') return { kind: 'writeOffAnswered', invoice: effect.invoice, status: writeOff };
  return undefined;
}

/** The diary of a life: one line an entry, in the customer's own time. */
export function diary({ entries, zone }: Pick<Life, 'entries' | 'zone'>): string {
  return entries.map(({ at, text }) => `${localDate(at, zone)} ${localTime(at, zone)}  ${text}`).join('\n');
}

/** A diary as written in a test: without its indentation. */
export function told(text: string): string {
  return text
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean)
    .join('\n');
}
