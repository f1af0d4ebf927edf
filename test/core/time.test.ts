import {
  addDays,
  addHours,
  atLocal,
  civilDate,
  daysBetween,
  instant,
  intervalsAfter,
  isZone,
  localDate,
  localText,
  localTime,
  weekday,
  type TimeOfDay,
  type Zone,
} from '../../src/core/time.ts';

const at = (date: string, time: string, zone: string): string =>
  atLocal(civilDate(date), time as TimeOfDay, zone as Zone);

describe('a wall clock', () => {
  it.each([
    ['in winter', '2027-01-31', '09:00', 'Europe/Rome', '2027-01-31T08:00:00Z'],
    ['in summer', '2027-07-31', '09:00', 'Europe/Rome', '2027-07-31T07:00:00Z'],
    [
      'in the hour that the spring leaves out: the later reading',
      '2027-03-28',
      '02:30',
      'Europe/Rome',
      '2027-03-28T01:30:00Z',
    ],
    [
      'in the hour that the autumn repeats: the earlier one',
      '2027-10-31',
      '02:30',
      'Europe/Rome',
      '2027-10-31T00:30:00Z',
    ],
    ['half an hour off', '2027-01-31', '09:00', 'Asia/Kolkata', '2027-01-31T03:30:00Z'],
    ['a quarter off', '2027-01-31', '09:00', 'Asia/Kathmandu', '2027-01-31T03:15:00Z'],
    ['half an hour of summer time', '2027-01-31', '09:00', 'Australia/Lord_Howe', '2027-01-30T22:00:00Z'],
    ['a day ahead', '2027-01-31', '09:00', 'Pacific/Kiritimati', '2027-01-30T19:00:00Z'],
    ['a day behind', '2027-01-31', '23:00', 'Pacific/Pago_Pago', '2027-02-01T10:00:00Z'],
  ])('%s', (_, date, time, zone, expected) => {
    expect(at(date, time, zone)).toBe(expected);
  });

  it('shows date, time and offset of the place', () => {
    const moment = instant('2027-01-31T11:00:00Z');
    expect([localDate(moment, 'Pacific/Kiritimati' as Zone), localTime(moment, 'Pacific/Kiritimati' as Zone)]).toEqual([
      '2027-02-01',
      '01:00',
    ]);
    expect([localDate(moment, 'Pacific/Pago_Pago' as Zone), localTime(moment, 'Pacific/Pago_Pago' as Zone)]).toEqual([
      '2027-01-31',
      '00:00',
    ]);
    expect(localText(moment, 'Asia/Kolkata' as Zone)).toBe('2027-01-31T16:30:00+05:30[Asia/Kolkata]');
  });
});

describe('an instant', () => {
  it.each([
    ['2027-01-31T09:00:00+01:00', '2027-01-31T08:00:00Z'],
    ['2027-01-31T08:00:00.999Z', '2027-01-31T08:00:00Z'],
    [Date.UTC(2027, 0, 31), '2027-01-31T00:00:00Z'],
  ])('is read from %s, to the second', (text, expected) => expect(instant(text)).toBe(expected));

  it.each(['2027-01-31', '2027-01-31T08:00:00', 'soon', ''])('is not %j', (text) =>
    expect(() => instant(text)).toThrow(RangeError),
  );

  it('moves by hours over the change of the clock', () => {
    expect(addHours(instant('2027-03-28T00:00:00Z'), 48)).toBe('2027-03-30T00:00:00Z');
  });
});

describe('a date', () => {
  it.each(['2027-02-29', '2027-02-30', '2027-13-01', 'today', ''])('is not %j', (text) =>
    expect(() => civilDate(text)).toThrow(RangeError),
  );

  it('counts days over leap days, years and changes of the clock', () => {
    expect(addDays(civilDate('2028-02-28'), 1)).toBe('2028-02-29');
    expect(addDays(civilDate('2027-12-31'), 1)).toBe('2028-01-01');
    expect(addDays(civilDate('2027-03-27'), 2)).toBe('2027-03-29');
    expect(daysBetween(civilDate('2028-02-28'), civilDate('2028-03-01'))).toBe(2);
    expect(daysBetween(civilDate('2027-03-01'), civilDate('2027-02-27'))).toBe(-2);
  });

  it('has a day of the week, Monday first', () => {
    expect([weekday(civilDate('2027-03-01')), weekday(civilDate('2027-03-07'))]).toEqual([1, 7]);
  });
});

describe('intervals', () => {
  it.each([
    ['2027-01-31', 'month', 1, [1, 2, 3, 13], ['2027-02-28', '2027-03-31', '2027-04-30', '2028-02-29']],
    ['2027-01-29', 'month', 1, [1, 2], ['2027-02-28', '2027-03-29']],
    ['2028-02-29', 'year', 1, [1, 3, 4], ['2029-02-28', '2031-02-28', '2032-02-29']],
    ['2027-01-31', 'month', 3, [1, 2], ['2027-04-30', '2027-07-31']],
    ['2027-12-27', 'week', 2, [1, 2], ['2028-01-10', '2028-01-24']],
    ['2027-03-27', 'day', 1, [1, 2], ['2027-03-28', '2027-03-29']],
  ] as const)('from %s keep its day: %s', (anchor, unit, every, counts, expected) => {
    expect(counts.map((count) => intervalsAfter(civilDate(anchor), { every, unit }, count))).toEqual(expected);
  });
});

describe('a zone', () => {
  it.each(['Europe/Rome', 'Asia/Kolkata', 'America/Argentina/Buenos_Aires', 'UTC', 'Etc/GMT+5'])('is %s', (name) =>
    expect(isZone(name)).toBe(true),
  );
  it.each([
    '+02:00',
    '-05:00',
    '2020-01-01T00:00[Europe/Rome]',
    '2020-01-01T00:00Z',
    'Z',
    'Mars/Olympus',
    'Europe/Rome ',
    '[Europe/Rome]',
    '',
  ])('is not %j', (name) => expect(isZone(name)).toBe(false));
});
