import { cycleStartsOn, daysAfter, nextInWindow, nextRenewal } from '../../src/core/calendar.ts';
import type { ContactWindow } from '../../src/core/policy.ts';
import { newState } from '../../src/core/state.ts';
import { instant, type TimeOfDay, type Zone } from '../../src/core/time.ts';
import { rulebook, terms } from '../support/life.ts';

const rome = 'Europe/Rome' as Zone;

describe('a renewal', () => {
  it('on the 31st comes back to the 31st', () => {
    const contract = terms({ renewsOn: '2027-01-31' });
    expect([2, 3, 4, 5].map((cycle) => cycleStartsOn(contract, cycle))).toEqual([
      '2027-01-31',
      '2027-02-28',
      '2027-03-31',
      '2027-04-30',
    ]);
  });

  it('on the leap day comes back to it', () => {
    const contract = terms({ renewsOn: '2028-02-29', interval: { every: 1, unit: 'year' } });
    expect([2, 3, 6].map((cycle) => cycleStartsOn(contract, cycle))).toEqual([
      '2028-02-29',
      '2029-02-28',
      '2032-02-29',
    ]);
  });

  it('is charged at the local time of the policy, summer and winter', () => {
    const { policy } = rulebook().current;
    const winter = newState(terms({ renewsOn: '2027-02-28' }));
    expect(nextRenewal(winter, policy)).toEqual({ cycle: 2, on: '2027-02-28', at: '2027-02-28T08:00:00Z' });
    expect(nextRenewal({ ...winter, cycle: 2 }, policy).at).toBe('2027-03-28T07:00:00Z');
  });
});

describe('hours for contact', () => {
  const weekdays = { from: '09:00', to: '18:00', days: [1, 2, 3, 4, 5] } as unknown as ContactWindow;

  it.each([
    ['inside: now', '2027-03-05T12:00:00Z', '2027-03-05T12:00:00Z'],
    ['before they open: today', '2027-03-05T05:00:00Z', '2027-03-05T08:00:00Z'],
    ['at the very end: closed, and Monday is next', '2027-03-05T17:00:00Z', '2027-03-08T08:00:00Z'],
    ['on a Saturday: Monday', '2027-03-06T12:00:00Z', '2027-03-08T08:00:00Z'],
    ['on the Friday before the clocks change', '2027-03-26T20:00:00Z', '2027-03-29T07:00:00Z'],
  ])('%s', (_, at, open) => {
    expect(nextInWindow(instant(at), weekdays, rome)).toBe(open);
  });
});

it('days of a case are days of the calendar, not of 24 hours', () => {
  expect(daysAfter(instant('2027-03-27T22:59:00Z'), 1, '18:00' as TimeOfDay, rome)).toBe('2027-03-28T16:00:00Z');
  expect(daysAfter(instant('2027-03-27T23:01:00Z'), 1, '18:00' as TimeOfDay, rome)).toBe('2027-03-29T16:00:00Z');
});
