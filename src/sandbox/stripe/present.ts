/** Stored objects as the API shows them. */
import type { Call } from './call.ts';
import type { Invoice } from '../tables.ts';

/** The stored invoice knows its page by path only; the address is the sandbox's of today. */
export function presentInvoice(call: Pick<Call, 'baseUrl'>, invoice: Invoice): Invoice {
  const path = invoice.hosted_invoice_url;
  return path ? { ...invoice, hosted_invoice_url: `${call.baseUrl}${path}` } : invoice;
}
