/** What holds in every life. `LIVES=20000 SEED=7 npx jest test/core/properties` looks further than the suite does. */
import fc from 'fast-check';
import { cycleStartsOn, nextRenewal } from '../../src/core/calendar.ts';
import { agenda, decide } from '../../src/core/decide.ts';
import { readDecline } from '../../src/core/declines.ts';
import type { EffectOf } from '../../src/core/effects.ts';
import type { Decline, Fact } from '../../src/core/facts.ts';
import type { ContactWindow } from '../../src/core/policy.ts';
import { isOpen, openCases, type State } from '../../src/core/state.ts';
import { addDays, addHours, atLocal, localDate, localTime, weekday, type Instant } from '../../src/core/time.ts';
import {
  price,
  randomDraw,
  liveOut,
  silentDraw,
  type Draw,
  type Moment,
  type RandomLife,
} from '../support/random-life.ts';

const numRuns = Number(process.env['LIVES'] ?? 250);
const seed = Number(process.env['SEED'] ?? 20_270_131);

/** All properties see the same lives, each lived once. */
const lived = new Map<string, RandomLife>();

function lifeOf(draw: Draw): RandomLife {
  const name = JSON.stringify(draw);
  const life = lived.get(name) ?? liveOut(draw);
  lived.set(name, life);
  return life;
}

function inEveryLife(holds: (life: RandomLife) => void): void {
  fc.assert(
    fc.property(randomDraw, (draw) => holds(lifeOf(draw))),
    { seed, numRuns },
  );
}

interface Charged {
  effect: EffectOf<'charge'>;
  moment: Moment;
  /** Place of the moment in the life. */
  at: number;
}

function chargesOf({ moments }: RandomLife): Charged[] {
  return moments.flatMap((moment, at) =>
    moment.decision.effects.flatMap((effect) => (effect.kind === 'charge' ? [{ effect, moment, at }] : [])),
  );
}

/** Facts that were known when the n-th decision was made. */
function knownAt({ moments }: RandomLife, n: number): Fact[] {
  return moments.slice(0, n + 1).flatMap(({ facts }) => facts);
}

/** What the world said of one of our charges, as far as it is known: undefined while it is unanswered. */
function answerTo({ step }: EffectOf<'charge'>, known: Fact[]): 'paid' | 'not-due' | Decline | undefined {
  for (const fact of known) {
    if (fact.kind !== 'chargeAnswered' || fact.attempt !== step || fact.answer.outcome === 'processing') continue;
    return fact.answer.outcome === 'declined' ? fact.answer.decline : fact.answer.outcome;
  }
  return undefined;
}

function isDecline(answer: ReturnType<typeof answerTo>): answer is Decline {
  return typeof answer === 'object';
}

/** Whether the facts say that the invoice, by its own name, is paid. */
function isPaid(invoice: string, known: Fact[]): boolean {
  return known.some(
    (fact) =>
      (fact.kind === 'chargeAnswered' && fact.invoice === invoice && fact.answer.outcome === 'paid') ||
      (fact.kind === 'paymentSucceeded' &&
        fact.invoice === invoice &&
        fact.money.currency === price.currency &&
        fact.money.amountMinor >= price.amountMinor),
  );
}

function expectInWindow(now: Instant, { from, to, days }: ContactWindow, { draw: { zone } }: RandomLife): void {
  expect(days).toContain(weekday(localDate(now, zone)));
  const time = localTime(now, zone);
  expect([time, time >= from && time < to]).toEqual([time, true]);
}

describe('access', () => {
  it('is full as long as nothing is unpaid', () => {
    inEveryLife((life) => {
      const debts = new Set<string>();
      life.moments.forEach(({ decision: { state, view } }, n) => {
        for (const invoice of state.invoices) debts.add(invoice.id);
        for (const invoice of state.invoices)
          if (invoice.settled && invoice.settled.how !== 'written-off') debts.delete(invoice.id);
        const known = knownAt(life, n);
        const unpaid = [...debts].filter((id) => !isPaid(id, known));
        if (unpaid.length === 0 && !state.ended) expect(view.access).toBe('full');
        if (view.access === 'none')
          expect(known).toContainEqual(expect.objectContaining({ kind: 'writeOffAnswered', status: 'uncollectible' }));
      });
    });
  });

  it('is never locked before grace is over, nor before the customer was told in time', () => {
    inEveryLife((life) => {
      const { policy, zone } = life.draw;
      const { graceDays, deadlineAt, leastWarningHours } = policy.case;
      for (const { now, before, facts, decision } of life.moments) {
        for (const invoice of openCases(decision.state).filter(({ case: dunning }) => dunning.lockedAt === now)) {
          const failedOn = localDate(invoice.case.openedAt, zone);
          if (graceDays > 0) expect(now >= atLocal(addDays(failedOn, graceDays), deadlineAt, zone)).toBe(true);
          const mailFails = facts.some((fact) => fact.kind === 'messageFailed' && fact.channel === 'mail');
          if (leastWarningHours === 0 || mailFails || !before.terms.channels.includes('mail')) continue;
          const told = life.effects.filter(
            (effect) =>
              effect.kind === 'sendMessage' &&
              effect.figures.invoice === invoice.id &&
              effect.message !== 'renewal-reminder',
          );
          expect(told.map(({ at }) => addHours(at, leastWarningHours)).some((fair) => fair <= now)).toBe(true);
        }
      }
    });
  });
});

describe('a charge', () => {
  it('is never made again on an instrument whose decline no retry can mend; after an unknown code once', () => {
    inEveryLife((life) => {
      const charges = chargesOf(life);
      for (const { effect, moment, at } of charges) {
        const onThisCard = charges.filter(
          (other) =>
            other.at < at && other.effect.invoice === effect.invoice && other.effect.instrument === effect.instrument,
        );
        const known = knownAt(life, at);
        const ours = onThisCard.map((other) => answerTo(other.effect, known)).filter(isDecline);
        const ofBiller = (moment.decision.state.invoices.find(({ id }) => id === effect.invoice)?.attempts ?? [])
          .filter(
            ({ by, instrument, result }) => by === 'biller' && instrument === effect.instrument && result === 'failed',
          )
          .flatMap(({ decline }) => decline ?? []);
        const readings = [...ours, ...ofBiller].map((decline) => readDecline(decline, life.rules.declines));
        expect(readings.filter((reading) => reading.class !== 'soft')).toEqual([]);
        expect(ours.filter((decline) => !readDecline(decline, life.rules.declines).known).length).toBeLessThanOrEqual(
          1,
        );
      }
    });
  });

  it('is never made while another on that invoice is unanswered', () => {
    inEveryLife((life) => {
      const charges = chargesOf(life);
      for (const { effect, at } of charges) {
        const earlier = charges.filter(
          (other) => other.effect.invoice === effect.invoice && other.effect.key !== effect.key && other.at <= at,
        );
        const known = knownAt(life, at);
        // A failure that is reported while the bank is silent is taken for its answer, so it does count as one.
        const reported = known
          .filter((fact) => fact.kind === 'paymentFailed')
          .map((fact) => life.moments.findIndex(({ facts }) => facts.includes(fact)));
        const silent = earlier.filter(
          (other) => answerTo(other.effect, known) === undefined && !reported.some((n) => n > other.at),
        );
        expect(silent.map((other) => other.effect.key)).toEqual([]);
      }
    });
  });

  it('is never made for what is settled, nor after the end', () => {
    inEveryLife((life) => {
      for (const { effect, moment, at } of chargesOf(life)) {
        expect(moment.decision.state.ended).toBeUndefined();
        expect(isPaid(effect.invoice, knownAt(life, at))).toBe(false);
        const settledBefore = life.moments
          .slice(0, at)
          .some(({ decision: { state } }) =>
            state.invoices.some(({ id, settled }) => id === effect.invoice && settled),
          );
        expect(settledBefore).toBe(false);
      }
    });
  });

  it('is made at most once a day by the plan of a case', () => {
    inEveryLife((life) => {
      const days = new Set<string>();
      for (const { effect, moment } of chargesOf(life)) {
        const attempt = moment.decision.state.invoices
          .flatMap(({ attempts }) => attempts)
          .find(({ key }) => key === effect.step);
        if (attempt?.rung === 'new-instrument' || attempt?.rung === 'promise') continue;
        const day = `${effect.invoice} ${localDate(moment.now, life.draw.zone)}`;
        expect(days).not.toContain(day);
        days.add(day);
      }
    });
  });
});

describe('a person', () => {
  it('is written to and phoned in the hours of the policy only, thanks excepted', () => {
    inEveryLife((life) => {
      const { messages, calls } = life.draw.policy.contact;
      for (const effect of life.effects) {
        if (effect.kind === 'sendMessage' && effect.message !== 'thank-you') expectInWindow(effect.at, messages, life);
        if (effect.kind === 'openCallTask') expectInWindow(effect.at, calls, life);
      }
    });
  });

  it('is never reached for by a way that failed or was forbidden', () => {
    inEveryLife((life) => {
      const tasks = new Set<string>();
      const closed = new Set<string>();
      for (const { facts, decision } of life.moments) {
        for (const fact of facts) {
          if (fact.kind === 'messageFailed') closed.add(fact.channel);
          if (
            fact.kind === 'callTaskCompleted' &&
            tasks.has(fact.task) &&
            ['do-not-call', 'wrong-number'].includes(fact.outcome)
          )
            closed.add('call');
        }
        for (const effect of decision.effects) {
          if (effect.kind === 'sendMessage') expect(closed).not.toContain(effect.channel);
          if (effect.kind !== 'openCallTask') continue;
          expect(closed).not.toContain('call');
          tasks.add(effect.task.id);
        }
      }
    });
  });
});

describe('a case', () => {
  it('always closes: a life that is left alone is paid or written off in bounded time', () => {
    fc.assert(
      fc.property(silentDraw, (draw) => {
        const life = liveOut({ ...draw, interval: { every: 1, unit: 'year' } }, { days: 200 });
        const opened = life.moments.flatMap(({ decision: { state } }) => openCases(state))[0];
        if (!opened) return;
        const closedAt = life.moments.find(
          ({ now, decision: { state } }) => now > opened.case.openedAt && openCases(state).length === 0,
        )?.now;
        expect(closedAt).toBeDefined();
        const delays = draw.bank.reduce((sum, { afterHours, thenAfterHours }) => sum + afterHours + thenAfterHours, 0);
        const down = draw.outages.reduce((sum, { hours }) => sum + hours, 0);
        const { endsAfterDays, leastWarningHours } = draw.policy.case;
        // A week until the hours for messages open, and a day for each deadline's own time of day.
        const most = (endsAfterDays + 7 + 2) * 24 + leastWarningHours + 2 * delays + down + draw.writeOff.afterHours;
        expect(closedAt && closedAt <= addHours(opened.case.openedAt, most)).toBe(true);
      }),
      { seed, numRuns: Math.ceil(numRuns / 3) },
    );
  });

  it('is over when its subscription is: nothing open is left behind by an end', () => {
    inEveryLife(({ last, moments }) => {
      if (!last.state.ended || last.over) return;
      const waiting = moments.at(-1)?.decision.view.details.includes('Waiting');
      expect([waiting, last.wakeAt !== undefined]).toContain(true);
    });
  });
});

describe('the agenda', () => {
  it('tells the step that comes next if nothing new happens', () => {
    inEveryLife(({ moments, rules }) => {
      for (const { now, decision } of moments) {
        const [first] = agenda(decision.state, now, rules);
        if (!first || !decision.wakeAt) continue;
        expect(decision.wakeAt).toBe(first.at);
        const then = decide(decision.state, [], first.at, rules);
        const taken = then.entries.find(({ kind }) => kind === 'step');
        expect(taken?.text).toBe(first.what);
        if (taken?.effect) expect(taken.effect).toBe(`sub_1/${first.key}`);
      }
    });
  });
});

describe('facts', () => {
  const outcome = (state: State): unknown => ({
    cycle: state.cycle,
    ended: state.ended !== undefined,
    instrument: state.instrument,
    open: state.invoices.filter(isOpen).map(({ id, case: dunning }) => [id, dunning?.lockedAt !== undefined]),
  });

  const payment = (state: State, at: Instant, id: string, invoice: string | undefined): Fact => ({
    kind: 'paymentSucceeded',
    id,
    at,
    money: price,
    by: 'customer',
    reference: `ch_page_${state.cycle}`,
    ...(invoice && { invoice: invoice as never }),
  });

  it('lead to the same end in whatever order a payment and a new card become known', () => {
    inEveryLife(({ moments, rules }) => {
      for (const {
        now,
        decision: { state },
      } of moments.slice(0, 6)) {
        const facts: Fact[] = [
          payment(state, now, 'p', undefined),
          { kind: 'paymentMethodReplaced', id: 'c', at: now, instrument: 'pm_new' },
        ];
        const [one, other] = [facts, facts.toReversed()].map((heard) => decide(state, heard, now, rules));
        expect(one && outcome(one.state)).toEqual(other && outcome(other.state));
        expect(one?.view.access).toBe(other?.view.access);
      }
    });
  });

  it.each(['named', 'unnamed'])('change nothing when a payment is told twice, %s', (how) => {
    inEveryLife(({ moments, rules }) => {
      for (const {
        now,
        decision: { state },
      } of moments.slice(0, 6)) {
        const open = state.invoices.find(isOpen);
        const invoice = how === 'named' ? open?.id : undefined;
        if (!open) continue;
        const once = decide(state, [payment(state, now, 'poll', invoice)], now, rules);
        const together = decide(
          state,
          [payment(state, now, 'poll', invoice), payment(state, now, 'webhook', invoice)],
          now,
          rules,
        );
        const afterwards = decide(once.state, [payment(state, now, 'webhook', invoice)], now, rules);
        expect(outcome(together.state)).toEqual(outcome(once.state));
        expect(outcome(afterwards.state)).toEqual(outcome(once.state));
      }
    });
  });
});

describe('the record', () => {
  it('gives every effect a key of its own, made of subscription and step, and every step a reason', () => {
    inEveryLife(({ effects, entries }) => {
      expect(new Set(effects.map(({ key }) => key)).size).toBe(effects.length);
      for (const { key, step, subscription, what, why } of effects)
        expect([key, what !== '', why !== '']).toEqual([`${subscription}/${step}`, true, true]);
      for (const { kind, why } of entries) if (kind !== 'fact') expect(why).toMatch(/./);
    });
  });

  it('is finished by one decision: deciding again at once changes nothing', () => {
    inEveryLife(({ moments, rules }) => {
      for (const { now, decision } of moments) {
        const again = decide(decision.state, [], now, rules);
        expect([again.effects, again.entries, again.state, again.wakeAt]).toEqual([
          [],
          [],
          decision.state,
          decision.wakeAt,
        ]);
      }
    });
  });

  it('stays small', () => {
    inEveryLife(({ moments }) => {
      for (const { decision } of moments) expect(JSON.stringify(decision.state).length).toBeLessThan(6 * 1024);
    });
  });

  it('stays small when a card thief tries a thousand cards on the payment page', () => {
    const flood = Array.from({ length: 1000 }, (_, n) => n);
    fc.assert(
      fc.property(randomDraw, (draw) => {
        const { rules, moments } = liveOut({ ...draw, reports: [], outages: [] });
        const open = moments.find(({ decision }) => openCases(decision.state).length > 0);
        if (!open) return;
        const facts = flood.map((n): Fact => ({
          kind: 'paymentFailed',
          id: `f${n}`,
          at: open.now,
          by: 'customer',
          reference: `ch_${n}`,
          decline: { code: 'incorrect_cvc' },
        }));
        expect(JSON.stringify(decide(open.decision.state, facts, open.now, rules).state).length).toBeLessThan(6 * 1024);
      }),
      { seed, numRuns: 20 },
    );
  });
});

describe('billing cycles', () => {
  it('keep the day of the first renewal, clipped to the month, and never go back', () => {
    inEveryLife(({ moments, draw: { renewsOn, interval, policy } }) => {
      let cycle = 1;
      for (const {
        decision: { state },
      } of moments) {
        expect(state.cycle).toBeGreaterThanOrEqual(cycle);
        cycle = state.cycle;
        const { on } = nextRenewal(state, policy);
        expect(on).toBe(cycleStartsOn(state.terms, cycle + 1));
        if (interval.unit === 'week') continue;
        const [year, month] = on.split('-').map(Number) as [number, number];
        const lastOfMonth = new Date(Date.UTC(year, month, 0)).getUTCDate();
        expect(Number(on.slice(8))).toBe(Math.min(Number(renewsOn.slice(8)), lastOfMonth));
      }
    });
  });

  it('have one invoice each, which stays settled once it is', () => {
    inEveryLife(({ moments }) => {
      const settled = new Set<string>();
      for (const {
        decision: { state },
      } of moments) {
        const ids = state.invoices.map(({ id }) => id);
        expect(new Set(ids).size).toBe(ids.length);
        for (const invoice of state.invoices) {
          expect(invoice.id).toBe(`sub_1/${invoice.cycle}`);
          if (invoice.settled) settled.add(invoice.id);
          else expect(settled).not.toContain(invoice.id);
        }
      }
    });
  });
});
