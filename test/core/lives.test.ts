import { declined, declinesFirst, diary, live, on, told } from '../support/life.ts';
import type { InvoiceId } from '../../src/core/subscription.ts';

const money = { amountMinor: 4900, currency: 'EUR' };

describe('a renewal that is paid', () => {
  it('is announced three days ahead, charged on the day, and leaves nothing open', () => {
    expect(diary(live({ until: '2027-03-02' }))).toBe(
      told(`
        2027-02-20 11:00  enrolled with policy cure
        2027-02-26 10:00  mail: renewal reminder
        2027-03-01 09:00  charge the renewal of €49.00
        2027-03-01 09:00  try 1 of €49.00 paid
      `),
    );
  });

  it('leaves out a reminder that would come too late to act on, and says so', () => {
    const life = live({ from: '2027-02-28T20:00:00Z', until: '2027-03-01' });
    expect(diary(life)).toContain('not done: mail: renewal reminder');
    expect(life.entries.find(({ kind }) => kind === 'refused')?.why).toBe(
      'it says nothing useful any more after Sun 28 Feb 09:00',
    );
  });
});

describe('a renewal that fails for want of money, under the preset cure', () => {
  it('keeps access through grace, retries, writes, phones, locks, tries a last time and ends with a farewell', () => {
    expect(diary(live({ bank: declinesFirst(9) }))).toBe(
      told(`
        2027-02-20 11:00  enrolled with policy cure
        2027-02-26 10:00  mail: renewal reminder
        2027-03-01 09:00  charge the renewal of €49.00
        2027-03-01 09:00  try 1 of €49.00 declined: insufficient funds (soft); a case opens, access stays full
        2027-03-01 09:00  mail: payment failed
        2027-03-02 09:00  try 2: charge €49.00
        2027-03-02 09:00  try 2 of €49.00 declined: insufficient funds (soft)
        2027-03-02 09:00  mail: the retry failed too
        2027-03-03 10:00  SMS: payment failed
        2027-03-04 09:00  try 3: charge €49.00
        2027-03-04 09:00  try 3 of €49.00 declined: insufficient funds (soft)
        2027-03-04 09:00  call task 1: a person phones about €49.00
        2027-03-04 09:00  mail: the retry failed too
        2027-03-05 10:00  mail: access ends soon
        2027-03-06 18:00  lock: access to the payment page only
        2027-03-06 18:00  mail: access is locked
        2027-03-08 09:00  try 4: charge €49.00
        2027-03-08 09:00  try 4 of €49.00 declined: insufficient funds (soft)
        2027-03-08 09:00  mail: the retry failed too
        2027-03-13 09:00  try 5: charge €49.00
        2027-03-13 09:00  try 5 of €49.00 declined: insufficient funds (soft)
        2027-03-13 09:00  mail: the retry failed too
        2027-03-15 18:00  end: write off and close the subscription
        2027-03-15 18:00  €49.00 written off; the case is closed; the subscription has ended, access none
        2027-03-15 18:00  call task 1 is withdrawn
        2027-03-15 18:00  mail: farewell
      `),
    );
  });

  it('is over with a thank-you as soon as a retry is paid', () => {
    const life = live({ bank: declinesFirst(1), until: '2027-03-10' });
    expect(diary(life)).toContain(
      told(`
        2027-03-02 09:00  try 2: charge €49.00
        2027-03-02 09:00  try 2 of €49.00 paid; the case is closed
        2027-03-02 09:00  mail: thank you
      `),
    );
    expect(life.last.view).toMatchObject({ standing: 'active', access: 'full', amountAtRiskMinor: 0 });
  });

  it('saves a subscription whose debt turns out to be paid at the very end', () => {
    const life = live({ bank: declinesFirst(5), writeOff: 'paid', until: '2027-03-20' });
    expect(diary(life)).toContain(
      '2027-03-15 18:00  €49.00 turned out to be paid, just before the end; the case is closed; access full again',
    );
    expect(life.state.ended).toBeUndefined();
  });
});

describe('a decline that no retry can mend', () => {
  it.each(['expired_card', 'lost_card', 'authentication_required'])(
    '%s is never tried again with the same card',
    (code) => {
      const life = live({ bank: () => declined(code) });
      expect(life.effects.filter(({ kind }) => kind === 'charge')).toHaveLength(1);
      expect(life.last.view.standing).toBe('ended');
    },
  );

  it('is tried at once when a new card comes, and unlocks when that is paid', () => {
    const life = live({
      bank: (_, { instrument }) =>
        instrument === 'pm_new' ? { outcome: 'paid', reference: 'ch_new' } : declined('lost_card'),
      facts: [on('2027-03-07T19:30:00Z', { kind: 'paymentMethodReplaced', instrument: 'pm_new' })],
      until: '2027-03-10',
    });
    expect(diary(life)).toContain(
      told(`
        2027-03-07 20:30  a new payment method is there
        2027-03-07 20:30  try 2: charge €49.00
        2027-03-07 20:30  try 2 of €49.00 paid; the case is closed; access full again
        2027-03-07 20:30  call task 1 is withdrawn
        2027-03-07 20:30  mail: thank you
      `),
    );
  });

  it('takes a code that is in no table as soft, once', () => {
    const life = live({ bank: () => declined('brand_new_code') });
    expect(life.effects.filter(({ kind }) => kind === 'charge')).toHaveLength(2);
    expect(life.entries.some(({ why }) => why === 'the code is in no table: it is taken as soft, once')).toBe(true);
  });
});

describe('a customer who pays by any other way', () => {
  it('unlocks at once, closes the case, withdraws the call and is thanked, at whatever hour', () => {
    const payment = { kind: 'paymentSucceeded', money, by: 'customer', reference: 'ch_page' } as const;
    const life = live({ bank: declinesFirst(9), facts: [on('2027-03-07T22:30:00Z', payment)], until: '2027-03-12' });
    expect(diary(life)).toContain(
      told(`
        2027-03-07 23:30  €49.00 paid by the customer; the case is closed; access full again
        2027-03-07 23:30  call task 1 is withdrawn
        2027-03-07 23:30  mail: thank you
      `),
    );
    expect(life.effects.filter(({ kind, at }) => kind === 'charge' && at > '2027-03-07T22:30:00Z')).toHaveLength(0);
  });

  it('is not let out of a debt by less money, or by money of another currency', () => {
    const facts = [
      on('2027-03-02T12:00:00Z', {
        kind: 'paymentSucceeded',
        money: { ...money, amountMinor: 4899 },
        by: 'customer',
        reference: 'ch_a',
      }),
      on('2027-03-02T13:00:00Z', {
        kind: 'paymentSucceeded',
        money: { ...money, currency: 'USD' },
        by: 'customer',
        reference: 'ch_b',
      }),
    ];
    const life = live({ bank: declinesFirst(9), facts, until: '2027-03-03' });
    expect(life.last.view.standing).toBe('grace');
    expect(life.entries.filter(({ why }) => why === 'changes nothing: €49.00 is due')).toHaveLength(2);
  });

  it('is counted once when webhook and poll tell the same payment', () => {
    const payment = {
      kind: 'paymentSucceeded',
      money,
      by: 'customer',
      reference: 'ch_page',
      invoice: 'sub_1/2',
    } as const;
    const facts = [on('2027-03-02T12:00:00Z', payment, 'a'), on('2027-03-02T12:05:00Z', payment, 'b')];
    const life = live({ bank: declinesFirst(9), facts, until: '2027-03-25' });
    expect(life.entries.find(({ why }) => why === 'changes nothing: invoice sub_1/2 is settled')).toBeDefined();
    expect(life.state.cycle).toBe(2);
  });
});

describe('a failure that the biller reports', () => {
  it('opens a case for the renewal that is near', () => {
    const failure = {
      kind: 'paymentFailed',
      decline: { code: 'expired_card' },
      by: 'biller',
      reference: 'ch_1',
    } as const;
    const life = live({ facts: [on('2027-02-28T10:00:00Z', failure)], until: '2027-03-01' });
    expect(diary(life)).toContain(
      '2027-02-28 11:00  a try of the biller declined: the card has expired (update); a case opens, access stays full',
    );
    expect(life.effects.filter(({ kind }) => kind === 'charge')).toHaveLength(0);
  });

  it('is the answer to our own attempt when that has not come back yet', () => {
    const failure = {
      kind: 'paymentFailed',
      decline: { code: 'insufficient_funds' },
      by: 'customer',
      reference: 'ch_1',
    } as const;
    const answer = { outcome: 'declined', decline: { code: 'insufficient_funds' }, reference: 'ch_1' } as const;
    const life = live({
      bank: () => 'silence',
      facts: [
        on('2027-03-01T08:00:01Z', failure),
        on('2027-03-01T08:00:02Z', {
          kind: 'chargeAnswered',
          attempt: '2/cycle/charge/1',
          invoice: 'sub_1/2' as InvoiceId,
          answer,
        }),
      ],
      until: '2027-03-01',
    });
    expect(life.state.invoices[0]?.attempts).toHaveLength(1);
    expect(life.entries.at(-1)?.why).toBe('changes nothing: this is settled already');
  });
});

describe('the preset lock', () => {
  it('locks as soon as the renewal fails and says it in one mail', () => {
    const life = live({ policy: 'lock', bank: declinesFirst(9), until: '2027-03-02' });
    expect(diary(life)).toContain(
      told(`
        2027-03-01 09:00  try 1 of €49.00 declined: insufficient funds (soft); a case opens
        2027-03-01 09:00  lock: access to the payment page only
        2027-03-01 09:00  mail: access is locked
        2027-03-02 09:00  try 2: charge €49.00
      `),
    );
  });
});

describe('a person on the phone', () => {
  const completed = { kind: 'callTaskCompleted', task: 'ct_sub_1_2_1' } as const;

  it('hears "I will pay on Tuesday": tries, messages and the lock wait until then', () => {
    const life = live({
      bank: declinesFirst(9),
      facts: [on('2027-03-04T14:00:00Z', { ...completed, outcome: 'will-pay', promisedFor: '2027-03-09' as never })],
    });
    const after = diary(life)
      .split('\n')
      .filter((line) => line >= '2027-03-04 15:00')
      .slice(0, 8);
    expect(after.join('\n')).toBe(
      told(`
        2027-03-04 15:00  call 1: will pay on Tue 9 Mar
        2027-03-09 09:00  not done: mail: access ends soon
        2027-03-09 09:00  try 4: charge €49.00
        2027-03-09 09:00  try 4 of €49.00 declined: insufficient funds (soft)
        2027-03-10 08:00  mail: the retry failed too
        2027-03-10 09:00  try 5: charge €49.00
        2027-03-10 09:00  try 5 of €49.00 declined: insufficient funds (soft)
        2027-03-10 09:00  mail: the retry failed too
      `),
    );
  });

  it('does not answer, and is phoned again on the next business day, at most so often as the policy says', () => {
    const noAnswer = (day: string, n: number) =>
      on(`${day}T10:00:00Z`, { ...completed, task: `ct_sub_1_2_${n}`, outcome: 'no-answer' });
    const life = live({
      bank: declinesFirst(9),
      facts: [noAnswer('2027-03-04', 1), noAnswer('2027-03-05', 2), noAnswer('2027-03-08', 3)],
      until: '2027-03-14',
    });
    const calls = diary(life)
      .split('\n')
      .filter((line) => line.includes('call task'));
    expect(calls).toEqual([
      '2027-03-04 09:00  call task 1: a person phones about €49.00',
      '2027-03-05 09:00  call task 2: a person phones about €49.00',
      '2027-03-08 09:00  call task 3: a person phones about €49.00',
    ]);
  });

  it('asks not to be called again, and is not', () => {
    const life = live({
      bank: declinesFirst(9),
      facts: [on('2027-03-04T10:00:00Z', { ...completed, outcome: 'do-not-call' })],
    });
    expect(life.state.terms.channels).toEqual(['mail', 'sms']);
  });
});
