/** Ids as the providers shape them, so that code which looks at a prefix or a length meets the real thing. */
import { randomBytes, randomInt, randomUUID } from 'node:crypto';

const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';

export function stripeId(prefix: string): string {
  return `${prefix}_${prefix === 'cus' ? letters(14) : `1${letters(23)}`}`;
}

export function requestId(): string {
  return `req_${letters(14)}`;
}

/** The unguessable part of a payment page's address: 131 bits, and short, since it travels in SMS. */
export function pageToken(): string {
  return letters(22);
}

/** What stands before the number of a customer's invoices. */
export function invoicePrefix(): string {
  return Array.from({ length: 8 }, () => LETTERS[randomInt(26)]).join('');
}

export function twilioSid(): string {
  return `SM${randomBytes(16).toString('hex')}`;
}

export function postmarkId(): string {
  return randomUUID();
}

function letters(count: number): string {
  return Array.from({ length: count }, () => LETTERS[randomInt(LETTERS.length)]).join('');
}
