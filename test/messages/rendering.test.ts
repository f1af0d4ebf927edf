/** How one message reaches one person: their name, their clock, their money, their mail client. */
import { renderMail, renderSms, MissingPayUrlError } from '../../activities/message-text.ts';
import { smsSegments } from '../../activities/sms-length.ts';
import { instant, type Zone } from '../../src/core/time.ts';
import { aMessage, figures } from './sample.ts';

describe('a first decline that may pass', () => {
  const mail = renderMail(aMessage('payment-failed'));

  it('tells what happened, what comes next and when, and until when access is kept', () => {
    expect(mail.subject).toBe('We could not charge €49.00');
    expect(mail.preheader).toBe('We try again on Wed 2 Dec. Your access stays until Fri 4 Dec.');
    expect(mail.text).toBe(`Learnwell

We could not charge €49.00

Hello Giulia Rossi,

Your bank declined the payment on your Visa card ending 4021. Often that is the balance or a limit on the day.

We try again on Wed 2 Dec. Please top up or replace the card before then. Once the money is there, you need do nothing else.

Until Fri 4 Dec everything stays open.

Pay or replace the card:
https://pay.learnwell.example/u/8Kq2xWzT

We try again: Wed 2 Dec
Full access until: Fri 4 Dec, 18:00
After that: the payment page only
Ends, if still unpaid: Thu 24 Dec

Would another day, a pause or cancelling suit you better? Reply to this mail: a person reads it.

--${' '}
Learnwell · Via Dante 7, Milano · help@learnwell.example
This mail is about your Learnwell subscription.
`);
  });

  it('says by text who writes, the fact, and the link on its own', () => {
    expect(renderSms(aMessage('payment-failed'))).toEqual({
      body: 'Learnwell: your bank declined €49.00. We try again Wed 2 Dec, access stays until Fri 4 Dec. Pay or replace the card: https://pay.learnwell.example/u/8Kq2xWzT',
      segments: 1,
    });
  });

  it('asks for another card when there is no further try', () => {
    const { nextTryAt: _, ...noFurtherTry } = figures;
    const { text } = renderMail(aMessage('payment-failed', { figures: noFurtherTry }));
    expect(text).toContain('Please use another card');
    expect(text).not.toContain('try again on');
  });
});

describe('days and hours', () => {
  const { text } = renderMail(aMessage('access-ends-soon'));
  const inZone = (zone: string, accessUntil = '2026-12-04T17:00:00Z', at = '2026-11-28T08:00:00Z') =>
    renderMail(
      aMessage('access-ends-soon', {
        zone: zone as Zone,
        at: instant(at),
        figures: { ...figures, accessUntil: instant(accessUntil) },
      }),
    ).text;

  it('are those of the customer, wherever the server stands', () => {
    expect(text).toContain('Full access until: Fri 4 Dec, 18:00');
    expect(inZone('Pacific/Kiritimati')).toContain('Full access until: Sat 5 Dec, 07:00');
    expect(inZone('Pacific/Pago_Pago')).toContain('Full access until: Fri 4 Dec, 06:00');
  });

  it('name the year when it is another one there', () => {
    expect(inZone('Europe/Rome', '2026-12-31T22:30:00Z')).toContain('Thu 31 Dec, 23:30');
    expect(inZone('Europe/Rome', '2027-01-01T09:00:00Z')).toContain('Fri 1 Jan 2027, 10:00');
    expect(inZone('Europe/Rome', '2027-01-04T09:00:00Z', '2026-12-31T23:30:00Z')).toContain('Mon 4 Jan, 10:00');
  });

  it('call a deadline at midnight by the day that it ends', () => {
    expect(inZone('Europe/Rome', '2026-12-04T23:00:00Z')).toContain('Full access until: Fri 4 Dec\n');
  });

  it('that are already past are promised to nobody', () => {
    const { text } = renderMail(aMessage('payment-failed', { at: instant('2026-12-04T17:00:00Z') }));
    expect(text).not.toMatch(/Full access until|try again on/);
  });
});

describe('money', () => {
  const paid = (amountMinor: number, currency: string, language = 'en') =>
    aMessage('thank-you', { language, figures: { ...figures, money: { amountMinor, currency } } });

  it('is written as the language and the currency want it', () => {
    expect(renderMail(paid(2980, 'JPY')).subject).toBe('Thank you: ¥2,980 is paid');
    expect(renderMail(paid(12500, 'KWD')).subject).toMatch(/^Thank you: KWD\s12\.500 is paid$/);
    expect(renderMail(paid(4900, 'EUR', 'it')).subject).toMatch(/49,00\s€/);
  });

  it('keeps a text short where the currency has a sign that phones count double', () => {
    expect(renderSms(paid(49900, 'INR'))).toMatchObject({
      body: expect.stringContaining('499.00 INR is paid'),
      segments: 1,
    });
    expect(renderSms(paid(4900, 'EUR', 'it'))).toMatchObject({
      body: expect.stringContaining('49,00 € is paid'),
      segments: 1,
    });
  });
});

describe('what comes from outside', () => {
  it('is text and never markup, nor a figure', () => {
    const { html, text } = renderMail(
      aMessage('locked', { person: { name: `<script>alert("1")</script> & {amount}` } }),
    );
    expect(html).not.toContain('<script>');
    expect(html).toContain('Hello &#60;script&#62;alert(&#34;1&#34;)&#60;/script&#62; &#38; {amount},');
    expect(text).toContain('Hello <script>alert("1")</script> & {amount},');
  });

  it('cannot add lines to a subject, turn the direction of a line, or go on for a page', () => {
    const company = {
      ...aMessage('locked').company,
      name: `Learn\r\nBcc: x@y.example\u2028\u202Ewell${'!'.repeat(500)}`,
    };
    const { subject } = renderMail(aMessage('locked', { company }));
    expect(subject).toMatch(/^Your Learn Bcc: x@y\.example well!+ access/);
    expect(subject.length).toBeLessThan(150);
  });

  it('must be a web address where it is a link', () => {
    expect(() => renderMail(aMessage('locked', { payUrl: 'javascript:alert(1)' }))).toThrow('Not a web address');
    expect(renderMail(aMessage('locked', { payUrl: 'https://pay.example/?a=1&b="2"' })).html).toContain(
      'href="https://pay.example/?a=1&#38;b=%222%22"',
    );
  });

  it('is not asked for money without a way to pay it', () => {
    const { payUrl: _, ...withoutPage } = aMessage('locked');
    expect(() => renderMail(withoutPage)).toThrow(MissingPayUrlError);
    expect(() => renderSms(withoutPage)).toThrow(MissingPayUrlError);
    expect(renderMail({ ...withoutPage, message: aMessage('thank-you').message }).subject).toContain('Thank you');
  });
});

describe('the button', () => {
  const withAccent = (accent: string) =>
    renderMail(aMessage('locked', { company: { ...aMessage('locked').company, accent } })).html;

  it('wears the colour of the company, with a label that can be read on it', () => {
    expect(withAccent('#ffd400')).toMatch(/background:#ffd400.*color:#000000/);
    expect(withAccent('#203080')).toMatch(/background:#203080.*color:#ffffff/);
  });

  it('takes nothing else for a colour', () => {
    expect(withAccent('red;}</style><script>')).toMatch(/background:#0b6b5d.*color:#ffffff/);
  });
});

describe('the length of a text', () => {
  it.each([
    ['a'.repeat(160), 1],
    ['a'.repeat(161), 2],
    [`${'a'.repeat(158)}€`, 1],
    [`${'a'.repeat(159)}€`, 2],
    ['a'.repeat(306), 2],
    [`${'a'.repeat(152)}€${'a'.repeat(152)}`, 3],
    ['あ'.repeat(70), 1],
    ['あ'.repeat(71), 2],
    ['', 1],
  ])('%s is %d segments', (body, segments) => expect(smsSegments(body)).toBe(segments));
});
