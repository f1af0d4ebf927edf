/** How a decision speaks to operators: amounts and moments in plain English, in the customer's own zone. */
import { formatMoney, type Money } from './money.ts';
import { remembered } from './remembered.ts';
import { epochMs, type CivilDate, type Instant, type Zone } from './time.ts';

/** `€49.00` */
export function amount(money: Money): string {
  return formatMoney(money, 'en');
}

/** `Wed 2 Dec 18:00`, on the customer's clock. */
export function moment(at: Instant, zone: Zone): string {
  return `${dayOf(at, zone)} ${clock(zone).format(epochMs(at))}`;
}

/** `Wed 2 Dec`, on the customer's calendar. */
export function dayOf(at: Instant, zone: Zone): string {
  return dayWords(epochMs(at), zone);
}

/** `Wed 2 Dec` for a date that has no zone. */
export function date(on: CivilDate): string {
  return dayWords(Date.parse(on), 'UTC' as Zone);
}

/** `1 day`, `3 days` */
export function days(count: number): string {
  return count === 1 ? '1 day' : `${count} days`;
}

function dayWords(ms: number, zone: Zone): string {
  const parts = Object.fromEntries(
    calendar(zone)
      .formatToParts(ms)
      .map(({ type, value }) => [type, value]),
  );
  return `${parts['weekday']} ${parts['day']} ${parts['month']}`;
}

// Intl formats are slow to make and a decision may ask for dozens.
const calendar = remembered(
  (zone) => new Intl.DateTimeFormat('en', { timeZone: zone, weekday: 'short', day: 'numeric', month: 'short' }),
);
const clock = remembered(
  (zone) => new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' }),
);
