/** A database or a Temporal server that is away costs a clear 503, and nothing that needs it not. */
import { Client, Connection } from '@temporalio/client';
import { openLedger } from '../../src/ledger/database.ts';
import { anEnrolment } from './bodies.ts';
import { startApi, type RunningApi } from './running-api.ts';

// Nothing listens on port 9 (discard) of a machine of today.
const nowhere = '127.0.0.1:9';

describe('while Temporal is away', () => {
  const connection = Connection.lazy({ address: nowhere });
  let api: RunningApi;
  beforeAll(async () => void (api = await startApi({ instead: () => ({ client: new Client({ connection }) }) })));
  // The connection stays open: the SDK's retry timer outlives a call and throws on a closed one.
  afterAll(() => api.stop());

  it('an enrolment says that it can be sent again, and what is recorded can be read', async () => {
    const { status, headers, body } = await api.call('PUT', '/v1/subscriptions/sub_1', anEnrolment());
    expect({ status, type: body.type }).toEqual({ status: 503, type: '/problems/unavailable' });
    expect(headers.get('retry-after')).toBe('5');
    expect(body.detail).toMatch(/^Temporal .* is safe/);
    expect((await api.call('GET', '/v1/subscriptions/sub_1')).body.next.what).toBe('mail: renewal reminder');
    expect((await api.call('GET', '/v1/subscriptions/sub_1/agenda')).status).toBe(200);
  }, 20_000);

  it('the health page says so', async () => {
    expect((await api.call('GET', '/health')).body).toEqual({ status: 'degraded', ledger: 'up', temporal: 'away' });
  });
});

describe('while the database is away', () => {
  const ledger = openLedger(`postgres://nobody:nothing@${nowhere}/nothing`);
  let api: RunningApi;
  beforeAll(async () => void (api = await startApi({ instead: () => ({ ledger }) })));
  afterAll(() => Promise.all([api.stop(), ledger.destroy()]));

  it.each([
    ['GET', '/v1/subscriptions/sub_1', undefined],
    ['PUT', '/v1/subscriptions/sub_1', anEnrolment()],
    ['POST', '/v1/subscriptions/sub_1/payments', { outcome: 'failed', reference: 'pi_1', declineCode: 'lost_card' }],
    ['GET', '/v1/call-tasks', undefined],
  ])('%s %s says that it can be sent again', async (method, path, sent) => {
    const { status, body } = await api.call(method, path, sent);
    expect({ status, type: body.type, detail: body.detail }).toEqual({
      status: 503,
      type: '/problems/unavailable',
      detail: expect.stringMatching(/^The database .* is safe/),
    });
  });

  it('a field that is wrong is still the caller’s to mend', async () => {
    expect((await api.call('GET', '/v1/call-tasks?status=lost')).status).toBe(400);
  });
});
