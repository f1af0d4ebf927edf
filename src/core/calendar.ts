/** When things fall due on one customer's calendar: renewals, contact windows, the days of a case. */
import type { ContactWindow, Policy } from './policy.ts';
import type { State } from './state.ts';
import type { Terms } from './subscription.ts';
import {
  addDays,
  atLocal,
  intervalsAfter,
  localDate,
  localTime,
  weekday,
  type CivilDate,
  type Instant,
  type TimeOfDay,
  type Zone,
} from './time.ts';

/** The day on which a billing cycle begins; cycle 2 begins on the first renewal. */
export function cycleStartsOn(terms: Terms, cycle: number): CivilDate {
  return intervalsAfter(terms.firstRenewalOn, terms.plan.interval, cycle - 2);
}

/** The cycle that the next renewal pays for, and when it is charged. */
export function nextRenewal(state: State, policy: Policy): { cycle: number; on: CivilDate; at: Instant } {
  const cycle = state.cycle + 1;
  const on = cycleStartsOn(state.terms, cycle);
  return { cycle, on, at: atLocal(on, policy.renewal.at, state.terms.zone) };
}

/** So many days after the day on which an instant falls, at a time of day there. */
export function daysAfter(start: Instant, days: number, time: TimeOfDay, zone: Zone): Instant {
  return atLocal(addDays(localDate(start, zone), days), time, zone);
}

/** The first moment from `at` on that lies in the window. */
export function nextInWindow(at: Instant, window: ContactWindow, zone: Zone): Instant {
  const date = localDate(at, zone);
  const time = localTime(at, zone);
  if (window.days.includes(weekday(date)) && time >= window.from && time < window.to) return at;
  let next = time < window.from ? date : addDays(date, 1);
  while (!window.days.includes(weekday(next))) next = addDays(next, 1);
  return atLocal(next, window.from, zone);
}
