/**
 * One subscription's whole life. This interpreter decides nothing: it hands facts to a recorded decision, performs the
 * effects that come back, shows where the life stands, and sleeps until the next step is due or a fact arrives.
 */
import {
  condition,
  log,
  makeContinueAsNewFunc,
  proxyActivities,
  proxyLocalActivities,
  setCurrentDetails,
  setHandler,
  upsertSearchAttributes,
  workflowInfo,
  ActivityFailure,
  ApplicationFailure,
} from '@temporalio/workflow';
import type { SearchAttributePair } from '@temporalio/common';
import type { Activities } from '../activities/index.ts';
import type { Effect } from '../src/core/effects.ts';
import type { Fact } from '../src/core/facts.ts';
import type { Instant } from '../src/core/time.ts';
import { factSignal, fixedAttributes, movingAttributes, type SubscriptionRun } from './messages.ts';

// A database that is away costs timers, not heartbeats: beyond five seconds the wait is a timer on the server.
const { decideNext } = proxyLocalActivities<Activities>({
  startToCloseTimeout: '15s',
  localRetryThreshold: '5s',
  retry: { initialInterval: '200ms', maximumInterval: '10m' },
});

// A provider may be away for days: effects are tried until they succeed or fail for good.
const effects = proxyActivities<Activities>({
  startToCloseTimeout: '2m',
  retry: { initialInterval: '2s', maximumInterval: '15m' },
});

export async function subscription(run: SubscriptionRun): Promise<void> {
  const inbox: Fact[] = [...run.facts];
  setHandler(factSignal, (fact) => void inbox.push({ at: now(), ...fact }));

  let { state, decisions, resting } = run;
  let inFlight = 0;
  let rest: 'settled' | 'over' | undefined;
  let shown = resting ? fingerprints(movingAttributes(resting.view)) : {};

  for (;;) {
    if (resting) {
      const idle = (): boolean => rest !== undefined && inFlight === 0 && inbox.length === 0;
      if (idle()) return rest === 'over' ? undefined : await nextRun({ state, decisions, facts: [], resting });
      show();
      const { view, wakeAt } = resting;
      const news = await sleepUntil(wakeAt, view.next?.what, () => inbox.length > 0 || idle());
      if (news && inbox.length === 0) continue;
    }
    const { decision, decided } = await decideNext({ state, facts: [...inbox], now: now(), number: decisions + 1 });
    // A decision that was recorded before a crash knew fewer facts than are here now: the others wait for the next.
    const undecided = inbox.filter(({ id }) => !decided.includes(id));
    inbox.splice(0, inbox.length, ...undecided);
    decisions += 1;
    state = decision.state;
    resting = { view: decision.view, ...(decision.wakeAt && { wakeAt: decision.wakeAt }) };
    rest = decision.over ? 'over' : decision.settled || workflowInfo().continueAsNewSuggested ? 'settled' : undefined;
    for (const effect of decision.effects) void perform(effect);
  }

  function show(): void {
    if (!resting) return;
    setCurrentDetails(resting.view.details);
    const moving = movingAttributes(resting.view);
    const changed = moving.filter(({ key, value }) => shown[key.name] !== String(value));
    if (changed.length === 0) return;
    upsertSearchAttributes(changed);
    shown = { ...shown, ...fingerprints(changed) };
  }

  async function perform(effect: Effect): Promise<void> {
    inFlight += 1;
    try {
      // The server takes 400 bytes and refuses the whole task beyond.
      const summary = `${effect.what} — ${effect.why}`.slice(0, 200);
      const learned = await effects[effect.kind].executeWithOptions({ summary }, [effect as never]);
      if (learned) inbox.push({ ...learned, at: now() });
    } catch (error) {
      if (!(error instanceof ActivityFailure)) throw error;
      const reason = error.cause instanceof ApplicationFailure ? (error.cause.type ?? 'unknown') : 'unknown';
      log.error('an effect failed for good', { effect: effect.key, reason });
      inbox.push({
        kind: 'effectFailed',
        id: `${effect.key}/failed`,
        effect: effect.key,
        step: effect.step,
        reason,
        at: now(),
      });
    } finally {
      inFlight -= 1;
    }
  }
}

/** Waits for news, at most until a moment. Answers whether there is news. */
async function sleepUntil(
  wakeAt: string | undefined,
  what: string | undefined,
  hasNews: () => boolean,
): Promise<boolean> {
  if (wakeAt === undefined) {
    await condition(hasNews);
    return true;
  }
  return condition(hasNews, Math.max(1, Date.parse(wakeAt) - Date.now()), { summary: what ?? 'the next step' });
}

/** A fresh run keeps histories short; what can be searched goes along without an event of its own. */
function nextRun(run: Required<SubscriptionRun>): Promise<never> {
  const typedSearchAttributes: SearchAttributePair[] = [
    ...fixedAttributes(run.state),
    ...movingAttributes(run.resting.view),
  ];
  return makeContinueAsNewFunc<typeof subscription>({ typedSearchAttributes })(run);
}

function fingerprints(attributes: SearchAttributePair[]): Record<string, string> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key.name, String(value)]));
}

function now(): Instant {
  return new Date().toISOString().replace(/\.\d+Z$/, 'Z') as Instant;
}
