/** Call tasks over REST: listed by due time, completed once, withdrawn when the money comes. */
import { loadPolicies } from '../../config/rules.ts';
import { policySchema } from '../../src/core/policy.ts';
import { anEnrolment, id, inDays } from './bodies.ts';
import { startApi, type RunningApi } from './running-api.ts';

const cure = loadPolicies().get('cure')!;
/** Phones on the day of the failure, at any hour. */
const phonesAtOnce = policySchema.parse({
  ...cure,
  id: 'phones-at-once',
  contact: { ...cure.contact, calls: { from: '00:00', to: '23:59' } },
  case: { ...cure.case, contacts: [{ by: 'call', onDay: 0 }] },
});

let api: RunningApi;
beforeAll(
  async () =>
    void (api = await startApi({ bank: () => ({ outcome: 'paid', reference: 'pi_ours' }), policy: phonesAtOnce })),
  60_000,
);
afterAll(() => api.stop());

const failed = { outcome: 'failed', reference: 'pi_1', declineCode: 'insufficient_funds' };
const complete = (subscription: string, completion: object) =>
  api.call('POST', `/v1/call-tasks/ct_${subscription}_2_1/complete`, completion);

/** Enrols, fails, and waits until the call task is listed. */
async function calledFor(subscription: string): Promise<any> {
  await api.call(
    'PUT',
    `/v1/subscriptions/${subscription}`,
    anEnrolment({ policy: 'phones-at-once', renewsOn: inDays(5) }),
  );
  await api.call('POST', `/v1/subscriptions/${subscription}/payments`, failed);
  return listed(subscription, 'open');
}

async function listed(wanted: string, status: string): Promise<any> {
  for (;;) {
    const { body } = await api.call('GET', `/v1/call-tasks?status=${status}`);
    const task = body.callTasks.find(({ subscription }: { subscription: string }) => subscription === wanted);
    if (task) return task;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

describe('an open call task', () => {
  it('tells the agent whom to call, about what, why and until when', async () => {
    expect(await calledFor(id('sub_ada'))).toEqual({
      id: `ct_${id('sub_ada')}_2_1`,
      subscription: id('sub_ada'),
      invoice: `${id('sub_ada')}/2`,
      number: 1,
      status: 'open',
      amount: { amountMinor: 4900, currency: 'EUR' },
      why: { code: 'insufficient_funds', class: 'soft', meaning: expect.any(String) },
      customer: {
        id: 'c_ada',
        name: 'Ada Rossi',
        phone: '+393331234567',
        language: 'en',
        localTime: expect.stringMatching(/\[Europe\/Rome\]$/),
      },
      openedAt: expect.any(String),
      dueAt: expect.any(String),
      dueAtLocal: expect.stringMatching(/T18:00:00.*\[Europe\/Rome\]$/),
    });
  });

  it('is completed with what the customer said, and the note stays out of the history', async () => {
    await calledFor(id('sub_will'));
    const { status, body } = await complete(id('sub_will'), {
      outcome: 'will-pay',
      promisedFor: inDays(3),
      note: 'Salary comes on Thursday.',
    });
    expect(status).toBe(200);
    expect(body.meaning[0]).toMatchObject({ lane: 'people', text: expect.stringMatching(/^call 1: will pay on /) });
    expect(body.subscription.openCases[0].promisedFor).toBe(inDays(3));
    expect(await listed(id('sub_will'), 'completed')).toMatchObject({
      outcome: 'will-pay',
      promisedFor: inDays(3),
      closedAt: expect.any(String),
    });
    const notes = await api.ledger
      .selectFrom('call_notes')
      .select('note')
      .where('call_task_id', '=', `ct_${id('sub_will')}_2_1`)
      .execute();
    expect(notes).toEqual([{ note: 'Salary comes on Thursday.' }]);
    const { events } = await api.client.workflow.getHandle(`task/${id('sub_will')}/case-2/1`).fetchHistory();
    const readable = JSON.stringify(events).replace(/"data":"([^"]+)"/g, (_, base64: string) =>
      Buffer.from(base64, 'base64').toString(),
    );
    expect(readable).toContain('will-pay');
    expect(readable).not.toContain('Salary');
  });

  it('is completed once: the same again is the same, and another outcome is refused', async () => {
    await calledFor(id('sub_once'));
    expect((await complete(id('sub_once'), { outcome: 'no-answer' })).status).toBe(200);
    expect((await complete(id('sub_once'), { outcome: 'no-answer' })).status).toBe(200);
    await listed(id('sub_once'), 'completed');
    const { status, body } = await complete(id('sub_once'), { outcome: 'paid' });
    expect({ status, type: body.type }).toEqual({ status: 409, type: '/problems/call-task-closed' });
    expect(body.detail).toContain('was completed already with the outcome "no-answer"');
  });

  it('is given to one of two agents who close it at the same moment', async () => {
    await calledFor(id('sub_two'));
    const answers = await Promise.all([
      complete(id('sub_two'), { outcome: 'no-answer' }),
      complete(id('sub_two'), { outcome: 'other' }),
    ]);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409]);
  });

  it('is withdrawn when the payment comes, and says so to whoever closes it', async () => {
    await calledFor(id('sub_paid'));
    await api.call('POST', `/v1/subscriptions/${id('sub_paid')}/payments`, {
      outcome: 'paid',
      reference: 'pi_2',
      amountMinor: 4900,
      currency: 'EUR',
    });
    await listed(id('sub_paid'), 'withdrawn');
    const { status, body } = await complete(id('sub_paid'), { outcome: 'no-answer' });
    expect({ status, type: body.type }).toEqual({ status: 409, type: '/problems/call-task-closed' });
    expect(body.detail).toContain('was withdrawn');
  });

  it.each<[object, string]>([
    [{}, '/outcome'],
    [{ outcome: 'gone' }, '/outcome'],
    [{ outcome: 'will-pay' }, '/promisedFor'],
    [{ outcome: 'paid', promisedFor: '2099-01-01' }, '/promisedFor'],
    [{ outcome: 'will-pay', promisedFor: '2026-01-01' }, '/promisedFor'],
    [{ outcome: 'other', note: 'a\u0000b' }, '/note'],
  ])('refuses %j', async (completion, pointer) => {
    const { status, body } = await complete(id('sub_ada'), completion);
    expect({ status, errors: body.errors }).toEqual({
      status: 400,
      errors: [{ pointer, detail: expect.any(String), in: 'body' }],
    });
  });
});
