/** What `npm start` says when it is up: where everything is, and a first subscription to paste. */
import { randomBytes } from 'node:crypto';
import { subscriptionWorkflowId } from '../workflows/messages.ts';
import { instant, isZone, localDate, localTime, type Instant, type Zone } from './core/time.ts';

export interface Addresses {
  api: string;
  sandbox: string;
  apiKey: string | undefined;
  temporalUi?: string;
}

export function addressTable({ api, sandbox, apiKey, temporalUi }: Addresses): string {
  const rows: [string, string][] = [
    ['API and its docs', `${api}/docs`],
    ['API key', apiKey ?? ''],
    ...(temporalUi ? [['Temporal UI', temporalUi] as [string, string]] : []),
    ['Mailbox of the sandbox', sandbox],
    ['Test cards', `${sandbox}/cards`],
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return ['', 'Holdfast is up.', '', ...rows.map(([name, value]) => `  ${name.padEnd(width)}  ${value}`)].join('\n');
}

export function demoTable(lives: { title: string; subscription: string }[], { temporalUi }: Addresses): string {
  const where = (subscription: string): string => (temporalUi ? workflowUrl(temporalUi, subscription) : subscription);
  return [
    '',
    'Three rehearsed lives, open in the Temporal UI:',
    ...lives.map(({ title, subscription }) => `  ${title}\n    ${where(subscription)}`),
  ].join('\n');
}

/** A command to paste: its renewal is due today and fails, in a zone where it is daytime, so that all can be seen at once. */
export function enrolmentCurl({ api, apiKey, sandbox, temporalUi }: Addresses): string {
  const id = `first-${randomBytes(3).toString('hex')}`;
  const now = instant(Date.now());
  const zone = daytimeZone(now);
  const body = {
    customer: {
      id: `customer-of-${id}`,
      name: 'Anna Bruni',
      email: 'anna@example.com',
      phone: '+390255550134',
      language: 'en',
      zone,
      country: 'IT',
    },
    plan: {
      id: 'pro',
      name: 'Pro, monthly',
      amountMinor: 4900,
      currency: 'EUR',
      interval: { every: 1, unit: 'month' },
    },
    renewsOn: localDate(now, zone),
    policy: 'cure',
    billing: { customer: 'cus_sandbox', paymentMethod: 'pm_sandbox_insufficient_funds' },
  };
  const auth = `-H 'Authorization: Bearer ${apiKey ?? ''}'`;
  return [
    '',
    'Enrol a subscription whose renewal is due today and fails for want of money:',
    '',
    `curl -sS -X PUT ${api}/v1/subscriptions/${id} ${auth} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`,
    '',
    'Then see what happened and what comes next, and pay by the link in the mail:',
    '',
    `curl -sS ${api}/v1/subscriptions/${id}/agenda ${auth}`,
    `  ${sandbox}`,
    ...(temporalUi ? [`  ${workflowUrl(temporalUi, id)}`] : []),
  ].join('\n');
}

function workflowUrl(temporalUi: string, subscription: string): string {
  return `${temporalUi}/namespaces/default/workflows/${encodeURIComponent(subscriptionWorkflowId(subscription))}`;
}

/** A zone on a working hour now: charges and messages wait for one. */
function daytimeZone(now: Instant): Zone {
  const zones = [
    'Europe/Rome',
    'America/New_York',
    'Asia/Tokyo',
    'America/Los_Angeles',
    'Asia/Kolkata',
    'Pacific/Auckland',
    'Pacific/Honolulu',
  ].filter(isZone);
  const open = zones.find((zone) => localTime(now, zone) >= '09:30' && localTime(now, zone) < '17:00');
  return open ?? zones[0]!;
}
