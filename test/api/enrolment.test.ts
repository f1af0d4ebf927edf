/** Enrolling a subscription over REST. */
import { subscriptionWorkflowId } from '../../workflows/messages.ts';
import { anEnrolment, id, inDays } from './bodies.ts';
import { startApi, type RunningApi } from './running-api.ts';

let api: RunningApi;
beforeAll(async () => void (api = await startApi()));
afterAll(() => api.stop());

const put = (subscription: string, body: unknown) => api.call('PUT', `/v1/subscriptions/${subscription}`, body);

describe('an enrolment', () => {
  it('starts a life and answers where it stands, what comes next and why', async () => {
    const { status, headers, body } = await put(id('sub_new'), anEnrolment());
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/v1/subscriptions/${id('sub_new')}`);
    expect(body).toMatchObject({
      id: id('sub_new'),
      customer: { id: 'c_ada', zone: 'Europe/Rome' },
      plan: { id: 'plus', name: 'Plus', amountMinor: 4900, currency: 'EUR' },
      policy: { id: 'cure' },
      standing: 'active',
      access: 'full',
      collection: 'on',
      amountAtRisk: { amountMinor: 0, currency: 'EUR' },
      currentCycle: { number: 1, renewsOn: inDays(60) },
      openCases: [],
      next: { what: 'mail: renewal reminder' },
    });
    expect(body.next.atLocal).toMatch(/T10:00:00\+0[12]:00\[Europe\/Rome\]$/);
  });

  it('can be found in the Temporal UI by its attributes, and carries no name and no address', async () => {
    await put(id('sub_seen'), anEnrolment());
    const handle = api.client.workflow.getHandle(subscriptionWorkflowId(id('sub_seen')));
    const { searchAttributes } = await handle.describe();
    expect(searchAttributes).toMatchObject({
      HoldfastStanding: ['active'],
      HoldfastCustomer: ['c_ada'],
      HoldfastAmountAtRisk: [0],
    });
    const history = JSON.stringify(await handle.fetchHistory());
    const readable = history.replace(/"data":"([^"]+)"/g, (_, base64: string) =>
      Buffer.from(base64, 'base64').toString(),
    );
    expect(readable).toContain('c_ada');
    expect(readable).not.toMatch(/Rossi|ada@example|39333/);
  });

  it('changes nothing when it is sent again, also with a default spelled out', async () => {
    const { language: _, ...customer } = anEnrolment().customer;
    expect((await put(id('sub_again'), { ...anEnrolment(), customer })).status).toBe(201);
    expect((await put(id('sub_again'), anEnrolment())).status).toBe(200);
  });

  it('is made once when two requests come at the same moment', async () => {
    const answers = await Promise.all([1, 2, 3, 4].map(() => put(id('sub_race'), anEnrolment())));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 200, 200, 201]);
  });

  it('is refused with other terms, and the differences are named', async () => {
    await put(id('sub_other'), anEnrolment());
    const { status, body } = await put(
      id('sub_other'),
      anEnrolment({ plan: { amountMinor: 5900 }, billing: { customer: 'cus_ada' } }),
    );
    expect(status).toBe(409);
    expect(body).toMatchObject({ type: '/problems/subscription-conflict', status: 409 });
    expect(body.differences).toEqual([
      { pointer: '/billing/paymentMethod', stored: 'pm_1' },
      { pointer: '/plan/amountMinor', stored: 4900, asked: 5900 },
    ]);
  });

  it('brings a subscription to life whose start was lost in a crash', async () => {
    await put(id('sub_crash'), anEnrolment());
    const row = await api.ledger
      .selectFrom('subscriptions')
      .selectAll()
      .where('id', '=', id('sub_crash'))
      .executeTakeFirstOrThrow();
    const { id: _id, written_at: _writtenAt, ...stored } = row;
    const terms = { ...stored.terms, subscription: id('sub_lost') };
    const state = { ...stored.state, terms };
    // As the crash leaves it: recorded, and no workflow.
    await api.ledger
      .insertInto('subscriptions')
      .values({
        ...stored,
        id: id('sub_lost'),
        enrolment: JSON.stringify(stored.enrolment),
        terms: JSON.stringify(terms),
        state: JSON.stringify(state),
      })
      .execute();
    expect((await put(id('sub_lost'), anEnrolment())).status).toBe(200);
    const { status } = await api.client.workflow.getHandle(subscriptionWorkflowId(id('sub_lost'))).describe();
    expect(status.name).toBe('RUNNING');
  });
});

describe('an enrolment that cannot be', () => {
  it.each<[string, Parameters<typeof anEnrolment>[0], string, string]>([
    [
      'an amount that is no whole number',
      { plan: { amountMinor: 49.5 } },
      '/plan/amountMinor',
      'must be a whole number of minor units, more than 0',
    ],
    [
      'an amount beyond all numbers',
      { plan: { amountMinor: 1e300 } },
      '/plan/amountMinor',
      'must be a whole number of minor units, more than 0',
    ],
    [
      'a currency that nobody knows',
      { plan: { currency: 'EUX' } },
      '/plan/currency',
      'must be an ISO 4217 code in upper case, such as EUR',
    ],
    [
      'a zone that nobody knows',
      { customer: { zone: 'Europe/Atlantis' } },
      '/customer/zone',
      'must be an IANA time zone such as Europe/Rome',
    ],
    [
      'a date in place of a zone',
      { customer: { zone: '2020-01-01T00:00[Europe/Rome]' } },
      '/customer/zone',
      'must be an IANA time zone such as Europe/Rome',
    ],
    [
      'a country that is none',
      { customer: { country: 'ZZ' } },
      '/customer/country',
      'must be an ISO 3166-1 alpha-2 country in upper case, such as IT',
    ],
    [
      'a number without its country code',
      { customer: { phone: '3331234567' } },
      '/customer/phone',
      'must be an E.164 number such as +393331234567',
    ],
    [
      'a day that does not exist',
      { renewsOn: '2027-02-30' },
      '/renewsOn',
      'must be a date that exists, such as 2027-01-31',
    ],
    [
      'an interval without end',
      { plan: { interval: { every: 25, unit: 'month' } } },
      '/plan/interval/every',
      'must be a whole number from 1 to 24',
    ],
    ['a field that is not known', { colour: 'red' }, '/colour', 'is not known here: leave it out'],
    [
      'a name that PostgreSQL cannot store',
      { customer: { name: 'Ada\u0000' } },
      '/customer/name',
      'must be one line of 1 to 200 characters, without control characters',
    ],
    [
      'half a character',
      { plan: { name: 'Plus \ud83d' } },
      '/plan/name',
      'must be one line of 1 to 200 characters, without control characters',
    ],
    ['no renewal', { renewsOn: undefined }, '/renewsOn', 'is missing: a string is needed'],
  ])('names %s', async (_, more, pointer, detail) => {
    const { status, body } = await put(id('sub_wrong'), anEnrolment(more));
    expect({ status, errors: body.errors }).toEqual({ status: 400, errors: [{ pointer, detail, in: 'body' }] });
  });

  it('lists the policies that exist', async () => {
    const { body } = await put(id('sub_wrong'), anEnrolment({ policy: 'mercy' }));
    expect(body.errors).toEqual([
      { pointer: '/policy', detail: 'must be one of the policies that exist: cure, lock', in: 'body' },
    ]);
  });

  it.each([inDays(-40), inDays(1200)])('bounds the renewal: %s', async (renewsOn) => {
    const { body } = await put(id('sub_wrong'), anEnrolment({ renewsOn }));
    expect(body.errors).toEqual([
      { pointer: '/renewsOn', detail: expect.stringContaining('must lie between'), in: 'body' },
    ]);
  });

  it('leaves nothing behind', async () => {
    expect((await api.call('GET', `/v1/subscriptions/${id('sub_wrong')}`)).body.type).toBe(
      '/problems/unknown-subscription',
    );
  });
});
