/** SMS by Twilio: its official SDK against answers as Twilio documents them, and as a gateway gives them. */
import { twilioSms } from '../../src/providers/index.ts';
import { instant } from '../../src/core/time.ts';
import { type Reply, type ScriptedServer, startScripted } from './scripted-server.ts';

let server: ScriptedServer | undefined;
afterEach(() => server?.stop());

const SID = `AC${'0'.repeat(32)}`;
const aText = { key: 'sub_ada/3/case/sms/1', to: '+393331234567', body: 'Your payment failed. See your mail.' };

async function smsThat(reply: Reply) {
  server = await startScripted(() => reply);
  return twilioSms({ accountSid: SID, authToken: 'token', baseUrl: server.url, from: '+15551234567' });
}

const message = (more: object = {}) => ({
  sid: 'SM1',
  status: 'queued',
  error_code: null,
  body: aText.body,
  to: aText.to,
  date_created: 'Mon, 01 Mar 2027 08:00:00 +0000',
  ...more,
});
const refusal = (status: number, code: number): Reply => ({
  status,
  json: { code, message: `The number ${aText.to} …`, status },
});

describe('sending a text', () => {
  it('goes to the account, from our number', async () => {
    expect(await (await smsThat({ status: 201, json: message() })).send(aText)).toEqual({ reference: 'SM1' });
    const [asked] = server?.asked ?? [];
    expect(asked?.path).toBe(`/2010-04-01/Accounts/${SID}/Messages.json`);
    expect(Object.fromEntries(new URLSearchParams(asked?.body))).toEqual({
      To: aText.to,
      From: '+15551234567',
      Body: aText.body,
    });
  });

  it('may leave the choice of the number to a Messaging Service', async () => {
    server = await startScripted(() => ({ status: 201, json: message() }));
    await twilioSms({ accountSid: SID, authToken: 'token', baseUrl: server.url, messagingServiceSid: 'MG1' }).send(
      aText,
    );
    expect(new URLSearchParams(server.asked[0]?.body).get('MessagingServiceSid')).toBe('MG1');
  });

  it.each([
    ['opted out by STOP', refusal(400, 21610)],
    ['no such number', refusal(400, 21211)],
    ['not a mobile number', refusal(400, 21614)],
    ['a landline, told in a 201', { status: 201, json: message({ status: 'failed', error_code: 30006 }) }],
  ])('is undeliverable, without naming the number: %s', async (_, reply) => {
    const error = await (await smsThat(reply)).send(aText).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'FinalError', reason: 'undeliverable' });
    expect(String(error)).not.toContain('393331234567');
  });

  it.each([
    ['the credentials are wrong', refusal(401, 20003), 'bad-credentials'],
    ['the sender is not ours', refusal(400, 21606), 'refused'],
  ])('fails for good, but does not blame the customer, when %s', async (_, reply, reason) => {
    await expect((await smsThat(reply)).send(aText)).rejects.toMatchObject({ name: 'FinalError', reason });
  });

  it.each<[string, Reply]>([
    ['a rate limit', refusal(429, 20429)],
    ['a full queue', refusal(400, 21611)],
    ['a breakdown', refusal(503, 20503)],
    ['a gateway page with 502', { status: 502, json: { message: 'Bad gateway' } }],
    ['a gateway page with 404', { status: 404, text: '<p>No route</p>' }],
    ['a gateway page with 200', { status: 200, json: { message: 'Welcome' } }],
    ['a page that is no JSON', { status: 200, text: '<p>Welcome</p>' }],
    ['a cut connection', 'cut'],
  ])('is tried again later after %s', async (_, reply) => {
    await expect((await smsThat(reply)).send(aText)).rejects.toMatchObject({ name: 'TryLaterError' });
  });
});

describe('looking for a text', () => {
  const since = instant('2027-03-01T07:59:00Z');
  const found = async (...messages: object[]) =>
    (await smsThat({ json: { messages, page: 0, page_size: 50 } })).find(aText, since);

  it('finds this very text to this number, also behind the notice of a trial account', async () => {
    expect(await found(message({ body: 'Another text', sid: 'SM0' }), message())).toEqual({ reference: 'SM1' });
    expect(server?.asked[0]?.query.get('To')).toBe(aText.to);
    await server?.stop();
    expect(await found(message({ body: `Sent from your Twilio trial account - ${aText.body}` }))).toEqual({
      reference: 'SM1',
    });
  });

  it('does not find an earlier one, nor one that failed', async () => {
    expect(
      await found(message({ date_created: 'Mon, 01 Feb 2027 08:00:00 +0000' }), message({ status: 'failed' })),
    ).toBeUndefined();
  });

  it('does not take a gateway page for "there is none"', async () => {
    const sms = await smsThat({ status: 502, json: { message: 'Bad gateway' } });
    await expect(sms.find(aText, since)).rejects.toMatchObject({ name: 'TryLaterError' });
    await server?.stop();
    const other = await smsThat({ status: 200, json: { message: 'Welcome' } });
    await expect(other.find(aText, since)).rejects.toMatchObject({ name: 'TryLaterError' });
  });
});
