/**
 * The one decision: facts and a moment in, a new state, effects, the next wake-up and the reasons out. Pure: no clock, no
 * I/O. Production, rehearsal, preview and tests all call this function.
 */
import { arbitrate, isAllowed, type Allowed, type Refused } from './arbiter.ts';
import { readDecline, type DeclineTable } from './declines.ts';
import type { Effect } from './effects.ts';
import type { Fact } from './facts.ts';
import { markOfFact, markOfStep, type Mark } from './mark.ts';
import type { PolicyVersion } from './policy.ts';
import { importance, type Concern, type Context, type Lane } from './proposal.ts';
import { concerns } from './concerns/index.ts';
import { accessOf, type Access } from './standing.ts';
import { viewOf, type View } from './view.ts';
import { awaitsAnswer, isOpen, type State } from './state.ts';
import type { Instant } from './time.ts';

/** The rules in force: which policy, which older versions cases are pinned to, what codes mean. */
export interface Rulebook {
  current: PolicyVersion;
  /** Version number → policy, for every version that an open case is pinned to. */
  pinned: Record<number, PolicyVersion>;
  declines: DeclineTable;
}

/** One line of the timeline. */
export interface Entry {
  /** What it is: something that became known, a step taken, a step that a rule refused. */
  kind: 'fact' | 'step' | 'refused';
  lane: Lane;
  text: string;
  why?: string;
  /** When it happened in the world, for facts that became known later. */
  at: Instant;
  /** Key of the effect that the step asked for. */
  effect?: string;
  /** What it was, where a picture shows it. */
  mark?: Mark;
  /** The access from here on, where this changed it. */
  access?: Access;
}

export interface Decision {
  state: State;
  effects: Effect[];
  /** When to decide again if nothing becomes known before; absent when only a fact can go on. */
  wakeAt?: Instant;
  entries: Entry[];
  view: View;
  /** The life goes on from here with a fresh run: a renewal is settled and nothing is open. */
  settled: boolean;
  /** Nothing will ever happen again. */
  over: boolean;
}

/** A life that takes more steps than this at one moment contradicts itself. */
const mostStepsAtOnce = 50;

/** @throws Error when a pinned policy version is missing from the rulebook, or the steps of one moment do not end. */
export function decide(state: State, facts: Fact[], now: Instant, rulebook: Rulebook): Decision {
  const context = contextAt(now, rulebook);
  const entries: Entry[] = [];
  const heard = facts.reduce((before, fact) => hear(before, fact, context, entries), state);
  const { after, effects } = takeDueSteps(heard, context, entries);
  const plan = planOf(after, context);
  const tidy = forget(after, plan);
  const hadInvoices = state.invoices.length > 0;
  return {
    state: tidy,
    effects,
    ...(plan[0] && !awaitsAnswer(tidy) && { wakeAt: plan[0].at }),
    entries,
    view: viewOf(tidy, plan),
    settled: hadInvoices && tidy.invoices.length === 0,
    over: tidy.ended !== undefined && tidy.invoices.length === 0,
  };
}

/** What a person is shown of a state, as {@link decide} would show it. */
export function viewAt(state: State, now: Instant, rulebook: Rulebook): View {
  return viewOf(state, agenda(state, now, rulebook));
}

/** Everything still to come if nothing new happens, in order: the same steps from the same lines as {@link decide}. */
export function agenda(state: State, now: Instant, rulebook: Rulebook): Allowed[] {
  return planOf(state, contextAt(now, rulebook));
}

/** What the rules of core look at besides the state, at a moment under a rulebook. */
export function contextAt(now: Instant, { current, pinned, declines }: Rulebook): Context {
  return {
    now,
    policy: current,
    policyOf({ policyVersion }) {
      const version = policyVersion === current.version ? current : pinned[policyVersion];
      if (!version) throw new Error(`version ${policyVersion} of policy ${current.policy.id} is not in the rulebook`);
      return version;
    },
    read: (decline) => readDecline(decline, declines),
  };
}

function hear(state: State, fact: Fact, context: Context, entries: Entry[]): State {
  const { at } = fact;
  let known = state;
  let understood = false;
  for (const concern of concerns) {
    const reading = concern.fold?.(known, fact, context);
    if (!reading) continue;
    understood = true;
    entries.push({
      kind: 'fact',
      lane: reading.lane,
      text: reading.text,
      ...(reading.why && { why: reading.why }),
      at,
      ...signs(known, reading.state, markOfFact(known, reading.state)),
    });
    known = reading.state;
  }
  if (!understood) entries.push({ kind: 'fact', lane: 'life', ...unheard(fact), at });
  return known;
}

function unheard(fact: Fact): Pick<Entry, 'text' | 'why'> {
  if (fact.kind === 'effectFailed')
    return { text: `could not be done: ${fact.step}`, why: `it failed for good: ${fact.reason}` };
  return { text: `${fact.kind} changes nothing now` };
}

/** One step at a time, then all is proposed anew: a step taken may make the next one needless. */
function takeDueSteps(state: State, context: Context, entries: Entry[]): { after: State; effects: Effect[] } {
  const effects: Effect[] = [];
  let after = state;
  for (let steps = 0; ; steps += 1) {
    if (steps > mostStepsAtOnce) throw new Error(`more than ${mostStepsAtOnce} steps fall due at ${context.now}`);
    const due = verdicts(after, context).find((verdict) => !isAllowed(verdict) || verdict.at <= context.now);
    if (!due) return { after, effects };
    after = isAllowed(due) ? take(due, after, context, entries, effects) : refuse(due, after, context, entries);
  }
}

function take(step: Allowed, state: State, { now }: Context, entries: Entry[], effects: Effect[]): State {
  const applied = step.apply ? step.apply(state) : state;
  const request = step.effect?.(applied);
  const why = step.moved ? `${step.why}; ${step.moved}` : step.why;
  if (request) {
    const { subscription } = state.terms;
    effects.push({
      ...request,
      key: effectKey(state, step),
      step: step.key,
      subscription,
      at: now,
      what: step.what,
      why,
    });
  }
  entries.push({
    kind: 'step',
    lane: step.lane,
    text: step.what,
    why,
    at: now,
    ...(request && { effect: effectKey(state, step) }),
    ...signs(state, applied, markOfStep(request)),
  });
  return { ...applied, taken: [...applied.taken, step.key] };
}

function signs(before: State, after: State, mark: Mark | undefined): Pick<Entry, 'mark' | 'access'> {
  const access = accessOf(after);
  return { ...(mark && { mark }), ...(access !== accessOf(before) && { access }) };
}

function effectKey({ terms }: State, { key }: Allowed): string {
  return `${terms.subscription}/${key}`;
}

function refuse(step: Refused, state: State, { now }: Context, entries: Entry[]): State {
  entries.push({ kind: 'refused', lane: step.lane, text: `not done: ${step.what}`, why: step.refused, at: now });
  return { ...state, taken: [...state.taken, step.key] };
}

function planOf(state: State, context: Context): Allowed[] {
  return verdicts(state, context).filter(isAllowed);
}

/** All proposals that were not taken yet, with their verdicts: refusals that are due first, then by moment and importance. */
function verdicts(state: State, context: Context): (Allowed | Refused)[] {
  const proposals = concerns.flatMap((concern: Concern) => concern.propose?.(state, context) ?? []);
  const fresh = proposals.filter(({ key }) => !state.taken.includes(key));
  return fresh
    .map((proposal) => arbitrate(proposal, state, context))
    .filter((verdict) => isAllowed(verdict) || verdict.from <= context.now)
    .sort((a, b) => compare(moment(a), moment(b)) || importance[a.lane] - importance[b.lane]);
}

function moment(verdict: Allowed | Refused): Instant {
  return isAllowed(verdict) ? verdict.at : verdict.from;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

/** Lets go of settled invoices with nothing left to do, and of the keys of steps that cannot come back. */
function forget(state: State, plan: Allowed[]): State {
  const busy = new Set(plan.map(({ key }) => cycleOfKey(key)));
  const invoices = state.invoices.filter((invoice) => isOpen(invoice) || busy.has(invoice.cycle));
  const remembered = new Set(invoices.map(({ cycle }) => cycle));
  const taken = state.taken.filter((key) => cycleOfKey(key) > state.cycle || remembered.has(cycleOfKey(key)));
  return { ...state, invoices, taken };
}

function cycleOfKey(key: string): number {
  return Number(key.slice(0, key.indexOf('/')));
}
