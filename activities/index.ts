/** All activities of a worker, composed from what they reach the world through. */
import type { Client } from '@temporalio/client';
import type { Rulebook } from '../src/core/decide.ts';
import type { Billing, Mail, Sms } from '../src/core/ports.ts';
import type { State } from '../src/core/state.ts';
import type { Ledger } from '../src/ledger/database.ts';
import { billingActivities } from './billing.ts';
import { callTaskActivities } from './call-tasks.ts';
import { decisionActivities } from './decisions.ts';
import { untilMended, withFailures } from './failures.ts';
import { messageActivities, type Writing } from './messages.ts';

export interface Surroundings {
  ledger: Ledger;
  client: Client;
  billing: Billing;
  mail: Mail;
  sms: Sms;
  writing: Writing;
  rulebookFor: (state: State) => Promise<Rulebook>;
}

export function createActivities({ ledger, client, billing, mail, sms, writing, rulebookFor }: Surroundings) {
  const { decideNext } = decisionActivities(ledger, rulebookFor);
  const { charge, writeOff } = billingActivities(ledger, billing);
  const { sendMessage } = messageActivities(ledger, { mail, sms }, writing);
  const { openCallTask, withdrawCallTask, closeCallTask } = callTaskActivities(ledger, client);
  return {
    decideNext: withFailures(decideNext),
    charge: untilMended(charge),
    writeOff: untilMended(writeOff),
    sendMessage: withFailures(sendMessage),
    openCallTask: withFailures(openCallTask),
    withdrawCallTask: withFailures(withdrawCallTask),
    closeCallTask: withFailures(closeCallTask),
  };
}

export type Activities = ReturnType<typeof createActivities>;
