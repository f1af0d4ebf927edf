/** Mistakes that the properties found, each as the shortest life that showed it. */
import { decide } from '../../src/core/decide.ts';
import { policySchema } from '../../src/core/policy.ts';
import type { InvoiceId } from '../../src/core/subscription.ts';
import { loadPolicies } from '../../config/rules.ts';
import { declined, declinesFirst, diary, live, on, paid, rulebook } from '../support/life.ts';
import { instant } from '../../src/core/time.ts';

const money = { amountMinor: 4900, currency: 'EUR' };
const payment = { kind: 'paymentSucceeded', money, by: 'customer', reference: 'ch_page' } as const;
const charges = (life: ReturnType<typeof live>): number => life.effects.filter(({ kind }) => kind === 'charge').length;

it('a payment that names the next invoice counts, however early it comes', () => {
  const facts = [on('2027-02-15T12:00:00Z', { ...payment, invoice: 'sub_1/2' })];
  expect(charges(live({ from: '2027-02-10T10:00:00Z', facts, until: '2027-03-20' }))).toBe(0);
});

it('a payment that is told twice without a name does not pay for the next week too', () => {
  const facts = [on('2027-03-02T12:00:00Z', payment, 'poll'), on('2027-03-04T12:00:00Z', payment, 'webhook')];
  const life = live({
    interval: { every: 1, unit: 'week' },
    bank: (n) => (n === 1 ? declined('expired_card') : paid()),
    facts,
    until: '2027-03-09',
  });
  expect(life.state.cycle).toBe(3);
  expect(charges(life)).toBe(2);
});

it('a card that was declined for good is not tried because the biller heard something milder later', () => {
  const facts = [
    on('2027-03-01T12:00:00Z', {
      kind: 'paymentFailed',
      decline: { code: 'insufficient_funds' },
      by: 'biller',
      reference: 'ch_b',
    }),
  ];
  expect(charges(live({ bank: () => declined('lost_card'), facts }))).toBe(1);
});

it('money that the bank took counts although a report said before that the attempt had failed', () => {
  const life = live({
    bank: () => 'silence',
    facts: [
      on('2027-03-01T08:10:00Z', {
        kind: 'paymentFailed',
        decline: { code: 'expired_card' },
        by: 'customer',
        reference: 'ch_page',
      }),
      on('2027-03-01T08:20:00Z', {
        kind: 'chargeAnswered',
        attempt: '2/cycle/charge/1',
        invoice: 'sub_1/2' as InvoiceId,
        answer: paid(),
      }),
    ],
    until: '2027-03-05',
  });
  expect(life.last.view).toMatchObject({ standing: 'active', access: 'full' });
});

it('a payment on its way that fails is heard of by its own reference', () => {
  const life = live({
    bank: (n) => (n === 1 ? { outcome: 'processing', reference: 'ch_debit' } : paid()),
    facts: [
      on('2027-03-03T12:00:00Z', {
        kind: 'paymentFailed',
        decline: { code: 'insufficient_funds' },
        by: 'biller',
        reference: 'ch_debit',
      }),
    ],
    until: '2027-03-10',
  });
  expect(diary(life)).toContain('a case opens');
  expect(life.last.view.standing).toBe('active');
});

it('whoever does not want to be called is not, also when it is heard after the case', () => {
  const facts = [
    on('2027-03-05T12:00:00Z', payment),
    on('2027-03-06T12:00:00Z', { kind: 'callTaskCompleted', task: 'ct_sub_1_2_1', outcome: 'do-not-call' }),
  ];
  expect(live({ bank: declinesFirst(9), facts, until: '2027-03-10' }).state.terms.channels).toEqual(['mail', 'sms']);
});

describe('a customer who can be written to on one day of the week only', () => {
  const cure = loadPolicies().get('cure');
  const sundays = policySchema.parse({
    ...cure,
    contact: { ...cure?.contact, messages: { from: '10:00', to: '11:00', days: [7] } },
    case: { ...cure?.case, graceDays: 0, endsAfterDays: 2, contacts: [] },
  });

  it('is told before the lock all the same, and the agenda knew when', () => {
    const happened = diary(live({ policy: sundays, bank: () => declined('expired_card'), until: '2027-03-12' }));
    expect(happened).toMatch(/2027-03-07 10:00 {2}mail: payment failed\n2027-03-09 18:00 {2}lock/);
  });
});

it('a younger debt ends with the subscription: no charge and no second farewell after the end', () => {
  const cure = loadPolicies().get('cure');
  const patient = policySchema.parse({ ...cure, case: { ...cure?.case, graceDays: 13 } });
  const life = live({
    policy: patient,
    interval: { every: 1, unit: 'week' },
    bank: () => declined('insufficient_funds'),
    until: '2027-05-01',
  });
  const ended = life.state.ended?.at ?? '';
  expect(ended).not.toBe('');
  expect(life.effects.filter(({ kind, at }) => kind === 'charge' && at >= ended)).toEqual([]);
  expect(life.effects.filter((effect) => effect.kind === 'sendMessage' && effect.message === 'farewell')).toHaveLength(
    1,
  );
  expect(life.effects.filter(({ kind }) => kind === 'writeOff').length).toBeGreaterThan(1);
  expect(life.last.over).toBe(true);
});

it('after days without a worker, money still comes before people on the same morning', () => {
  const asleep = live({ bank: declinesFirst(9), until: '2027-03-01' });
  const morning = decide(asleep.state, [], instant('2027-03-04T08:00:00Z'), rulebook());
  expect(morning.effects.map(({ kind }) => kind)[0]).toBe('charge');
});
