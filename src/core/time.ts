/**
 * Civil time for subscriptions: instants are UTC, dates are what a calendar on the customer's wall says, and the two
 * meet only through an IANA time zone.
 */
import { Temporal } from 'temporal-polyfill';
import { remembered } from './remembered.ts';

declare const kind: unique symbol;

/** A moment in UTC, `2027-01-31T08:00:00Z`. Sorts as text. */
export type Instant = string & { readonly [kind]: 'instant' };
/** A day on a wall calendar, `2027-01-31`, in whatever zone its owner lives. Sorts as text. */
export type CivilDate = string & { readonly [kind]: 'civil date' };
/** A time of day, `09:00`. Sorts as text. */
export type TimeOfDay = string & { readonly [kind]: 'time of day' };
/** IANA name such as `Europe/Rome`. */
export type Zone = string & { readonly [kind]: 'zone' };

/** Reads an instant from text with any offset, or from epoch milliseconds; to the second. @throws RangeError */
export function instant(value: string | number): Instant {
  const ms = typeof value === 'number' ? value : Temporal.Instant.from(value).epochMilliseconds;
  return `${new Date(ms).toISOString().slice(0, 19)}Z` as Instant;
}

/** Reads a date, refusing days that do not exist such as `2027-02-30`. @throws RangeError */
export function civilDate(value: string): CivilDate {
  return Temporal.PlainDate.from(value, { overflow: 'reject' }).toString() as CivilDate;
}

/** Whether the text is an IANA name that this machine knows; an offset such as `+02:00` is no zone, it has no summer time. */
export function isZone(value: string): value is Zone {
  // Temporal would also take a whole date-time for the zone that it ends in; Intl takes names and, of late, offsets.
  if (/^[+\-\u2212]/.test(value)) return false;
  try {
    new Intl.DateTimeFormat('en', { timeZone: value }).resolvedOptions();
    return true;
  } catch {
    return false;
  }
}

/** Milliseconds since 1970. */
export function epochMs(at: Instant): number {
  return Date.parse(at);
}

/** The instant at which a wall clock in the zone shows this date and time; in a gap the later, in a repeat the earlier. */
export function atLocal(date: CivilDate, time: TimeOfDay, zone: Zone): Instant {
  return instantAtWall(`${date}T${time}[${zone}]`);
}

const instantAtWall = remembered((wall) => Temporal.ZonedDateTime.from(wall).toInstant().toString() as Instant);

/** The date on the customer's wall calendar at an instant. */
export function localDate(at: Instant, zone: Zone): CivilDate {
  return wallAt(`${at}[${zone}]`).slice(0, 10) as CivilDate;
}

/** The time on the customer's clock at an instant, `HH:MM`. */
export function localTime(at: Instant, zone: Zone): TimeOfDay {
  return wallAt(`${at}[${zone}]`).slice(11, 16) as TimeOfDay;
}

const wallAt = remembered((instantInZone) => Temporal.ZonedDateTime.from(instantInZone).toString());

/** Wall-clock text with its offset, `2027-01-31T09:00:00+01:00[Europe/Rome]`, for people and for the API. */
export function localText(at: Instant, zone: Zone): string {
  return wallAt(`${at}[${zone}]`);
}

export function addDays(date: CivilDate, days: number): CivilDate {
  return new Date(Date.parse(date) + days * dayMs).toISOString().slice(0, 10) as CivilDate;
}

const dayMs = 86_400_000;

export function addHours(at: Instant, hours: number): Instant {
  return instant(epochMs(at) + hours * 3_600_000);
}

/** Whole days from one date to another; negative when the second lies before the first. */
export function daysBetween(from: CivilDate, to: CivilDate): number {
  return (Date.parse(to) - Date.parse(from)) / dayMs;
}

/** 1 Monday … 7 Sunday. */
export function weekday(date: CivilDate): number {
  return new Date(date).getUTCDay() || 7;
}

/**
 * The date `count` intervals after the anchor. Counting from the anchor, and not from the last date, keeps the 31st:
 * January 31, February 28, March 31.
 */
export function intervalsAfter(
  anchor: CivilDate,
  interval: { every: number; unit: IntervalUnit },
  count: number,
): CivilDate {
  const duration = { [`${interval.unit}s`]: interval.every * count };
  return Temporal.PlainDate.from(anchor).add(duration, { overflow: 'constrain' }).toString() as CivilDate;
}

export type IntervalUnit = 'day' | 'week' | 'month' | 'year';

export function earlier<T extends Instant | CivilDate>(a: T, b: T): T {
  return a < b ? a : b;
}

export function later<T extends Instant | CivilDate>(a: T, b: T): T {
  return a > b ? a : b;
}
