/** Mail by Postmark: its official SDK against answers as Postmark documents them, and as a gateway gives them. */
import { postmarkMail } from '../../src/providers/index.ts';
import type { OutgoingMail } from '../../src/core/ports.ts';
import { instant } from '../../src/core/time.ts';
import { type Reply, type ScriptedServer, startScripted } from './scripted-server.ts';

let server: ScriptedServer | undefined;
afterEach(() => server?.stop());

async function mailThat(reply: Reply) {
  server = await startScripted(() => reply);
  return postmarkMail({ serverToken: 'token', baseUrl: server.url, from: 'Studio <billing@studio.example>' });
}

const aMail: OutgoingMail = {
  key: 'sub_ada/3/case/mail/1',
  to: 'ada@example.com',
  subject: 'We tried',
  html: '<p>Hi</p>',
  text: 'Hi',
  tag: 'payment-failed',
};
const sent: Reply = {
  json: {
    ErrorCode: 0,
    Message: 'OK',
    MessageID: 'b7bc2f4a',
    SubmittedAt: '2027-03-01T08:00:00Z',
    To: 'ada@example.com',
  },
};
const refusal = (status: number, ErrorCode: number, Message: string): Reply => ({
  status,
  json: { ErrorCode, Message },
});

describe('sending a mail', () => {
  it('marks it with its key, and watches nobody', async () => {
    expect(await (await mailThat(sent)).send(aMail)).toEqual({ reference: 'b7bc2f4a' });
    expect(JSON.parse(server?.asked[0]?.body ?? '')).toEqual({
      From: 'Studio <billing@studio.example>',
      To: 'ada@example.com',
      Subject: 'We tried',
      HtmlBody: '<p>Hi</p>',
      TextBody: 'Hi',
      Tag: 'payment-failed',
      MessageStream: 'outbound',
      TrackOpens: false,
      TrackLinks: 'None',
      Metadata: { holdfast_key: 'sub_ada/3/case/mail/1' },
    });
  });

  it.each([
    ['an inactive recipient', refusal(422, 406, 'Found inactive addresses: ada@example.com.')],
    ['an address that is none', refusal(422, 300, "Invalid 'To' address: 'ada'.")],
    ['an inactive recipient inside an HTTP 200', refusal(200, 406, 'Found inactive addresses: ada@example.com.')],
  ])('is undeliverable, without naming the address: %s', async (_, reply) => {
    const error = await (await mailThat(reply)).send(aMail).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ name: 'FinalError', reason: 'undeliverable' });
    expect(String(error)).not.toContain('ada');
  });

  it.each([
    ['our own sender is wrong', refusal(422, 300, "Invalid 'From' address: 'x'."), 'refused'],
    ['the sender is not confirmed', refusal(422, 400, 'The From address is not a Sender Signature'), 'refused'],
    ['the token is wrong', refusal(401, 10, 'Bad or missing Server API token.'), 'bad-credentials'],
  ])('fails for good, but does not blame the customer, when %s', async (_, reply, reason) => {
    await expect((await mailThat(reply)).send(aMail)).rejects.toMatchObject({ name: 'FinalError', reason });
  });

  it.each<[string, Reply]>([
    ['a rate limit', refusal(429, 429, 'Rate limit exceeded')],
    ['a breakdown', refusal(500, 500, 'Internal')],
    ['a gateway page with 502', { status: 502, json: { message: 'Bad gateway' } }],
    ['a gateway page with 404', { status: 404, json: { message: 'No route' } }],
    ['a gateway page with 200', { status: 200, text: '<p>Welcome</p>' }],
    ['a cut connection', 'cut'],
  ])('is tried again later after %s', async (_, reply) => {
    await expect((await mailThat(reply)).send(aMail)).rejects.toMatchObject({ name: 'TryLaterError' });
  });
});

describe('looking for a mail', () => {
  const since = instant('2027-03-01T02:00:00Z');

  it('asks for its key', async () => {
    const mail = await mailThat({ json: { TotalCount: 1, Messages: [{ MessageID: 'b7bc2f4a' }] } });
    expect(await mail.find(aMail.key, since)).toEqual({ reference: 'b7bc2f4a' });
    expect(Object.fromEntries(server?.asked[0]?.query ?? [])).toMatchObject({
      metadata_holdfast_key: aMail.key,
      fromdate: '2027-02-28',
    });
  });

  it('marks a long key the same way in both directions, within the 80 characters that Postmark keeps', async () => {
    const key = 'sub_'.padEnd(120, 'x');
    const mail = await mailThat(sent);
    await mail.send({ ...aMail, key });
    await expect(mail.find(key, since)).rejects.toThrow();
    const marked = (JSON.parse(server?.asked[0]?.body ?? '') as { Metadata: { holdfast_key: string } }).Metadata
      .holdfast_key;
    expect(marked.length).toBeLessThanOrEqual(80);
    expect(server?.asked[1]?.query.get('metadata_holdfast_key')).toBe(marked);
  });

  it('says that there is none', async () => {
    expect(await (await mailThat({ json: { TotalCount: 0, Messages: [] } })).find(aMail.key, since)).toBeUndefined();
  });

  it('does not take a gateway page for "there is none"', async () => {
    await expect((await mailThat({ json: {} })).find(aMail.key, since)).rejects.toMatchObject({
      name: 'TryLaterError',
    });
  });
});
