import { smsSegments } from '../../src/sandbox/segments.ts';
import { startSandbox, type Sandbox } from '../../src/sandbox/server.ts';
import { ACCOUNT, failure, postmarkAt, twilioAt } from './clients.ts';

let sandbox: Sandbox;
beforeEach(async () => void (sandbox = await startSandbox({ port: 0 })));
afterEach(() => sandbox.close());

const mail = {
  From: 'Learnwell <billing@learnwell.example>',
  To: 'anna@example.com',
  Subject: 'We could not charge € 49.00',
  HtmlBody: '<html><head></head><body><a href="https://example.com/pay">Pay</a></body></html>',
  TextBody: 'Pay: https://example.com/pay',
  Tag: 'payment-failed',
  MessageStream: 'outbound',
  Metadata: { key: 'sub_1/3/1/mail/1' },
};

describe('mail', () => {
  it('that was accepted is found again by its metadata and by its recipient', async () => {
    const postmark = postmarkAt(sandbox.url);
    const sent = await postmark.sendEmail(mail);
    expect(sent).toMatchObject({ ErrorCode: 0, Message: 'OK', To: 'anna@example.com' });
    await postmark.sendEmail({ ...mail, To: 'owen@example.com', Metadata: { key: 'other' } });
    const byKey = await postmark.getOutboundMessages({ metadata_key: mail.Metadata.key, count: 10, offset: 0 });
    expect(byKey.Messages.map((one) => one.MessageID)).toEqual([sent.MessageID]);
    const byPerson = await postmark.getOutboundMessages({ recipient: 'OWEN@example.com' });
    expect(byPerson).toMatchObject({
      TotalCount: 1,
      Messages: [{ Metadata: { key: 'other' }, Recipients: ['owen@example.com'] }],
    });
    const details = await postmark.getOutboundMessageDetails(sent.MessageID);
    expect(details).toMatchObject({
      TextBody: mail.TextBody,
      HtmlBody: mail.HtmlBody,
      Tag: 'payment-failed',
      MessageEvents: [{ Type: 'Delivered' }],
    });
    expect(await failure(postmark.getOutboundMessageDetails('nope'))).toMatchObject({ statusCode: 422, code: 701 });
  });

  it('is searched by New York’s clock when no offset is given, as Postmark does', async () => {
    const postmark = postmarkAt(sandbox.url);
    await postmark.sendEmail(mail);
    const since = async (fromdate: string) => (await postmark.getOutboundMessages({ fromdate })).Messages.length;
    const ago = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const inNewYork = (at: Date) => at.toLocaleString('sv-SE', { timeZone: 'America/New_York' }).replace(' ', 'T');
    expect(await since(inNewYork(ago(5)))).toBe(1);
    expect(await since(inNewYork(ago(-5)))).toBe(0);
    expect(await since(ago(5).toISOString().slice(0, 19))).toBe(0);
    expect(await since(ago(5).toISOString())).toBe(1);
  });

  it('to an address that bounced is a 406, and to several tells which will not get it', async () => {
    const postmark = postmarkAt(sandbox.url);
    const error = await failure(postmark.sendEmail({ ...mail, To: 'gone@bounce.sandbox' }));
    expect(error).toMatchObject({
      statusCode: 422,
      code: 406,
      name: 'InactiveRecipientsError',
      recipients: ['gone@bounce.sandbox'],
    });
    const mixed = await postmark.sendEmail({ ...mail, To: 'anna@example.com, gone@bounce.sandbox' });
    expect(mixed).toMatchObject({ ErrorCode: 0, Message: expect.stringContaining('gone@bounce.sandbox') });
  });

  it('in a batch is answered one by one', async () => {
    const answers = await postmarkAt(sandbox.url).sendEmailBatch([
      mail,
      { ...mail, To: 'gone@bounce.sandbox' },
      { ...mail, To: '' },
    ]);
    expect(answers.map((answer) => answer.ErrorCode)).toEqual([0, 406, 300]);
  });

  it('that Postmark would not take is refused in its words', async () => {
    const postmark = postmarkAt(sandbox.url);
    const wrong = [
      { ...mail, To: 'nobody' },
      { ...mail, From: '' },
      { ...mail, HtmlBody: undefined, TextBody: undefined },
      { ...mail, Colour: 'red' },
      { ...mail, Metadata: { key: 'x'.repeat(81) } },
    ];
    for (const one of wrong)
      expect(await failure(postmark.sendEmail(one as never))).toMatchObject({ statusCode: 422, code: 300 });
    expect((await mailbox()).length).toBe(0);
    const url = `${sandbox.url}/email`;
    const anonymous = await fetch(url, { method: 'POST', body: '{}' });
    expect([anonymous.status, await anonymous.json()]).toMatchObject([401, { ErrorCode: 10 }]);
    const garbage = await fetch(url, { method: 'POST', body: '{', headers: { 'x-postmark-server-token': 't' } });
    expect([garbage.status, await garbage.json()]).toMatchObject([422, { ErrorCode: 402 }]);
  });
});

describe('SMS', () => {
  const sms = {
    to: '+390612345678',
    from: '+15551234567',
    body: 'Learnwell: 49.00 EUR is unpaid. https://example.com/pay',
  };

  it('is sent, read and listed by recipient and time', async () => {
    const twilio = twilioAt(sandbox.url);
    const sent = await twilio.messages.create(sms);
    expect(sent).toMatchObject({
      status: 'queued',
      to: sms.to,
      body: sms.body,
      numSegments: '1',
      accountSid: ACCOUNT,
      dateSent: null,
    });
    expect(await twilio.messages(sent.sid).fetch()).toMatchObject({ sid: sent.sid, status: 'delivered' });
    await twilio.messages.create({ ...sms, to: '+447700900123' });
    const dateSentAfter = new Date(Date.now() - 60_000);
    const found = await twilio.messages.list({ to: sms.to, dateSentAfter });
    expect(found.map((one) => one.sid)).toEqual([sent.sid]);
    expect(await twilio.messages.list({ to: sms.to, dateSentAfter: new Date(Date.now() + 60_000) })).toEqual([]);
    const all = await twilio.messages.list({ pageSize: 1 });
    expect(all.map((one) => one.to)).toEqual(['+447700900123', sms.to]);
  });

  it('to a wrong number, to one that opted out and to a landline is refused with Twilio’s codes', async () => {
    const twilio = twilioAt(sandbox.url);
    const to = async (number: string) => failure(twilio.messages.create({ ...sms, to: number }));
    expect(await to('abc')).toMatchObject({
      status: 400,
      code: 21211,
      moreInfo: 'https://www.twilio.com/docs/errors/21211',
    });
    expect(await to('+390612340000')).toMatchObject({ status: 400, code: 21610 });
    expect(await to('+390612341111')).toMatchObject({ status: 400, code: 21614 });
    expect(await failure(twilio.messages.create({ to: sms.to, from: sms.from }))).toMatchObject({ code: 21602 });
    expect(await failure(twilio.messages.create({ to: sms.to, body: 'x' }))).toMatchObject({ code: 21603 });
    expect(await failure(twilio.messages('SM0').fetch())).toMatchObject({ status: 404, code: 20404 });
    expect((await mailbox()).length).toBe(0);
  });

  it('without credentials is a 401', async () => {
    const answer = await fetch(`${sandbox.url}/2010-04-01/Accounts/${ACCOUNT}/Messages.json`);
    expect([answer.status, await answer.json()]).toMatchObject([401, { code: 20003, status: 401 }]);
  });

  it.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    ['a'.repeat(306), 2],
    ['a'.repeat(307), 3],
    [`${'a'.repeat(158)}€`, 1],
    [`${'a'.repeat(159)}€`, 2],
    ['お'.repeat(70), 1],
    ['お'.repeat(71), 2],
    ['😀'.repeat(35), 1],
    ['😀'.repeat(36), 2],
  ])('%# counts its segments', (body, segments) => expect(smsSegments(body)).toBe(segments));
});

async function mailbox(to = ''): Promise<{ kind: string; to: string[] }[]> {
  return (await fetch(`${sandbox.url}/mailbox.json?to=${encodeURIComponent(to)}`)).json() as never;
}

describe('the mailbox', () => {
  it('shows mail and SMS together, newest first, and by recipient', async () => {
    await postmarkAt(sandbox.url).sendEmail(mail);
    await twilioAt(sandbox.url).messages.create({
      to: '+390612345678',
      from: '+15551234567',
      body: 'See https://example.com/pay.',
    });
    expect((await mailbox()).map((one) => one.kind)).toEqual(['sms', 'mail']);
    expect((await mailbox('anna@example.com')).map((one) => one.kind)).toEqual(['mail']);
    expect((await mailbox('+390612345678')).map((one) => one.kind)).toEqual(['sms']);
    const page = await (await fetch(sandbox.url)).text();
    expect(page).toContain('We could not charge € 49.00');
  });

  it('renders a mail in a sandboxed frame whose links open in a new tab, beside its text', async () => {
    const { MessageID } = await postmarkAt(sandbox.url).sendEmail({ ...mail, Subject: '<script>alert(1)</script>' });
    const page = await (await fetch(`${sandbox.url}/messages/${MessageID}`)).text();
    expect(page).toContain('&lt;script&gt;');
    expect(page).not.toContain('<script>');
    expect(page).toMatch(
      /<iframe[^>]* sandbox="allow-popups allow-popups-to-escape-sandbox allow-top-navigation-by-user-activation"/,
    );
    expect(page).toContain('href="https://example.com/pay"');
    const frame = await fetch(`${sandbox.url}/messages/${MessageID}/html`);
    expect(frame.headers.get('content-security-policy')).toMatch(/^sandbox allow-popups .*default-src 'none'/);
    expect(await frame.text()).toContain('<head><base target="_blank">');
  });

  it('makes the links of an SMS clickable, without the full stop after them', async () => {
    const { sid } = await twilioAt(sandbox.url).messages.create({
      to: '+390612345678',
      from: '+15551234567',
      body: 'See https://example.com/pay?a=1&b=2.',
    });
    const page = await (await fetch(`${sandbox.url}/messages/${sid}`)).text();
    expect(page).toMatch(/href="https:\/\/example.com\/pay\?a=1&amp;b=2"/);
    expect(page).toContain('1 segment');
    expect((await fetch(`${sandbox.url}/messages/nope`)).status).toBe(404);
  });
});
