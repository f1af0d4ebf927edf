/** What a line of the timeline was, for pictures and counts: its words are for people only. */
import type { Effect } from './effects.ts';
import type { EffectRequest } from './proposal.ts';
import type { State } from './state.ts';

export const marks = ['charge', 'declined', 'paid', 'mail', 'sms', 'call-task', 'called', 'withdrawn'] as const;
/** `charge` and `call-task` ask; `declined`, `paid`, `called` and `withdrawn` are what became of it. */
export type Mark = (typeof marks)[number];

const ofEffect: Record<Exclude<Effect['kind'], 'sendMessage'>, Mark | undefined> = {
  charge: 'charge',
  openCallTask: 'call-task',
  withdrawCallTask: 'withdrawn',
  // It shows in the access that it ends.
  writeOff: undefined,
};

/** The mark of a step by what it asks for. */
export function markOfStep(request: EffectRequest | undefined): Mark | undefined {
  if (!request) return undefined;
  return request.kind === 'sendMessage' ? request.channel : ofEffect[request.kind];
}

/** The mark of a fact by what it changed, so that a report which changes nothing is not drawn as money. */
export function markOfFact(before: State, after: State): Mark | undefined {
  if (paidInvoices(after) > paidInvoices(before)) return 'paid';
  const failedBefore = new Set(failedAttempts(before));
  if (failedAttempts(after).some((key) => !failedBefore.has(key))) return 'declined';
  return answeredCalls(after) > answeredCalls(before) ? 'called' : undefined;
}

function paidInvoices({ invoices }: State): number {
  return invoices.filter(({ settled }) => settled?.how === 'paid').length;
}

function failedAttempts({ invoices }: State): string[] {
  const attempts = invoices.flatMap((invoice) => invoice.attempts);
  return attempts.filter(({ result }) => result === 'failed').map(({ key }) => key);
}

function answeredCalls({ invoices }: State): number {
  return invoices.flatMap(({ case: dunning }) => dunning?.calls ?? []).filter(({ completedAt }) => completedAt).length;
}
