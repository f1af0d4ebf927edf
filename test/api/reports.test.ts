/** Payments and payment methods that a backend reports: with a worker that decides, and without one. */
import { anEnrolment, id, inDays } from './bodies.ts';
import { waitForFact } from '../../src/ledger/queries/waitForFact.ts';
import { startApi, type RunningApi } from './running-api.ts';

const failed = { outcome: 'failed', reference: 'pi_1', declineCode: 'insufficient_funds' };
const paid = { outcome: 'paid', reference: 'pi_2', amountMinor: 4900, currency: 'EUR' };

describe('while no worker runs', () => {
  let api: RunningApi;
  beforeAll(async () => {
    api = await startApi();
    await api.call('PUT', `/v1/subscriptions/${id('sub_1')}`, anEnrolment({ renewsOn: inDays(5) }));
  });
  afterAll(() => api.stop());

  it('a report is recorded and will be decided', async () => {
    const { status, body } = await api.call('POST', `/v1/subscriptions/${id('sub_1')}/payments`, failed);
    expect(status).toBe(202);
    expect(body).toMatchObject({
      decided: false,
      note: 'This is recorded, and is decided as soon as a worker runs.',
      meaning: [],
      subscription: { standing: 'active' },
    });
  });

  it.each<[string, object, string]>([
    ['a payment without an amount', { ...paid, amountMinor: undefined }, '/amountMinor'],
    ['a failure without a code', { outcome: 'failed', reference: 'pi_3' }, '/declineCode'],
    ['an outcome that is none', { outcome: 'perhaps', reference: 'pi_3' }, '/outcome'],
    ['no reference', { ...paid, reference: undefined }, '/reference'],
    ['a code for a payment', { ...paid, declineCode: 'lost_card' }, '/declineCode'],
    ['our own charge', { ...paid, by: 'holdfast' }, '/by'],
    ['a moment without its offset', { ...paid, at: '2026-01-01T00:00:00' }, '/at'],
    ['a moment to come', { ...paid, at: new Date(Date.now() + 600_000).toISOString() }, '/at'],
    ['a list', [] as object, ''],
  ])('%s is refused', async (_, report, pointer) => {
    const { status, body } = await api.call('POST', `/v1/subscriptions/${id('sub_1')}/payments`, report);
    expect({ status, pointers: body.errors.map((error: { pointer: string }) => error.pointer) }).toEqual({
      status: 400,
      pointers: [pointer],
    });
  });
});

describe('with a worker', () => {
  let api: RunningApi;
  const payments = (subscription: string) => `/v1/subscriptions/${subscription}/payments`;
  const enrolled = async (subscription: string, more: object = {}) => {
    const { body } = await api.call(
      'PUT',
      `/v1/subscriptions/${subscription}`,
      anEnrolment({ renewsOn: inDays(5), ...more }),
    );
    return body;
  };
  beforeAll(
    async () => void (api = await startApi({ bank: () => ({ outcome: 'paid', reference: 'pi_ours' }) })),
    60_000,
  );
  afterAll(() => api.stop());

  it('a failed payment opens a case, and the answer says what it meant and what comes next', async () => {
    await enrolled(id('sub_fail'));
    const { status, body } = await api.call('POST', payments(id('sub_fail')), failed);
    expect(status).toBe(200);
    expect(body.decided).toBe(true);
    expect(body.meaning[0]).toMatchObject({
      kind: 'fact',
      lane: 'money',
      text: expect.stringMatching(/^a try of the biller declined: .* a case opens, access stays full$/),
    });
    expect(body.subscription).toMatchObject({
      standing: 'grace',
      access: 'full',
      policy: { id: 'cure', version: 1 },
      amountAtRisk: { amountMinor: 4900 },
    });
    expect(body.subscription.openCases).toEqual([
      expect.objectContaining({
        invoice: `${id('sub_fail')}/2`,
        amount: { amountMinor: 4900, currency: 'EUR' },
        tries: 1,
        decline: { code: 'insufficient_funds', class: 'soft', meaning: expect.any(String) },
      }),
    ]);
    const [{ lockAt, endsAt }] = body.subscription.openCases;
    expect(lockAt < endsAt).toBe(true);
  });

  it('a payment settles it', async () => {
    await enrolled(id('sub_pay'));
    await api.call('POST', payments(id('sub_pay')), failed);
    const { body } = await api.call('POST', payments(id('sub_pay')), paid);
    expect(body.meaning[0].text).toBe('€49.00 paid by the biller; the case is closed');
    expect(body.subscription).toMatchObject({ standing: 'active', openCases: [], amountAtRisk: { amountMinor: 0 } });
  });

  it('the same report again changes nothing, and other content under its reference is refused', async () => {
    await enrolled(id('sub_twice'));
    const first = await api.call('POST', payments(id('sub_twice')), failed);
    const again = await api.call('POST', payments(id('sub_twice')), failed);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({
      decided: true,
      note: 'This was reported before: nothing was changed.',
      meaning: [{ text: first.body.meaning[0].text }, ...first.body.meaning.slice(1).map(() => expect.anything())],
    });
    const other = await api.call('POST', payments(id('sub_twice')), { ...failed, declineCode: 'lost_card' });
    expect(other.body).toMatchObject({
      type: '/problems/payment-conflict',
      differences: [{ pointer: '/decline/code', stored: 'insufficient_funds', asked: 'lost_card' }],
    });
  });

  it('ten reports of one payment at the same moment are one', async () => {
    await enrolled(id('sub_flood'));
    const answers = await Promise.all(
      Array.from({ length: 10 }, () => api.call('POST', payments(id('sub_flood')), failed)),
    );
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
    const { body } = await api.call('GET', `/v1/subscriptions/${id('sub_flood')}`);
    expect(body.openCases[0].tries).toBe(1);
  });

  it('a new payment method is tried at once while something is owed, and the same one changes nothing', async () => {
    await enrolled(id('sub_card'));
    await api.call('POST', payments(id('sub_card')), { ...failed, declineCode: 'lost_card' });
    const path = `/v1/subscriptions/${id('sub_card')}/payment-method`;
    const { status, body } = await api.call('POST', path, { paymentMethod: 'pm_2' });
    expect(status).toBe(200);
    expect(body.meaning.map(({ text }: { text: string }) => text)).toEqual(
      expect.arrayContaining(['a new payment method is there']),
    );
    expect((await api.call('POST', path, { paymentMethod: 'pm_2' })).body).toMatchObject({
      decided: true,
      note: 'pm_2 is the payment method already: nothing was changed.',
    });
    // There and back again is two changes.
    for (const paymentMethod of ['pm_1', 'pm_2', 'pm_1']) {
      expect((await api.call('POST', path, { paymentMethod })).body.meaning[0].text).toBe(
        'a new payment method is there',
      );
    }
  });

  it('the timeline tells everything in order, page by page', async () => {
    await enrolled(id('sub_story'));
    await api.call('POST', payments(id('sub_story')), failed);
    await api.call('POST', payments(id('sub_story')), paid);
    const path = `/v1/subscriptions/${id('sub_story')}/timeline`;
    const whole = (await api.call('GET', path)).body;
    expect(whole.next).toBeUndefined();
    expect(whole.entries[0]).toMatchObject({
      decision: 1,
      kind: 'fact',
      lane: 'life',
      text: 'enrolled with policy cure',
      atLocal: expect.stringMatching(/\[Europe\/Rome\]$/),
    });
    const pages = [];
    for (let after: number | undefined = 0; after !== undefined;) {
      const { body }: { body: any } = await api.call('GET', `${path}?limit=1&after=${after}`);
      pages.push(...body.entries);
      after = body.next;
    }
    expect(pages).toEqual(whole.entries);
  });

  it('the timeline shows what became of what was asked for', async () => {
    await enrolled(id('sub_due'), { renewsOn: inDays(-1) });
    await waitForFact(api.ledger, id('sub_due'), `${id('sub_due')}/2/cycle/charge/1/answer`);
    const { entries } = (await api.call('GET', `/v1/subscriptions/${id('sub_due')}/timeline`)).body;
    expect(entries).toContainEqual(
      expect.objectContaining({
        text: 'charge the renewal of €49.00',
        effect: { key: `${id('sub_due')}/2/cycle/charge/1`, kind: 'charge', state: 'done', reference: 'pi_ours' },
      }),
    );
  });

  it('the agenda is what will happen if nothing new does', async () => {
    const { next } = await enrolled(id('sub_plan'));
    const { agenda } = (await api.call('GET', `/v1/subscriptions/${id('sub_plan')}/agenda`)).body;
    expect(agenda[0]).toEqual(next);
    expect(agenda.map(({ what }: { what: string }) => what)).toContain('charge the renewal of €49.00');
  });

  it('an ended subscription takes no report, and says since when', async () => {
    await enrolled(id('sub_over'));
    await api.client.workflow.getHandle(`subscription/${id('sub_over')}`).terminate('as if it had ended');
    const { status, body } = await api.call('POST', payments(id('sub_over')), failed);
    expect({ status, type: body.type }).toEqual({ status: 409, type: '/problems/subscription-ended' });
  });
});
