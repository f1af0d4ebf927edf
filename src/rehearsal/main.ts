/** `npm run rehearse`: one life under a policy, on the real workflow and server with skipped time, printed as a diary. */
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from 'commander';
import { Client, Connection } from '@temporalio/client';
import { loadPolicies } from '../../config/rules.ts';
import { searchAttributeTypes, subscriptionWorkflowId } from '../../workflows/messages.ts';
import { agenda } from '../core/decide.ts';
import { openCases } from '../core/state.ts';
import { upgrade } from '../core/upgrade.ts';
import {
  addDays,
  atLocal,
  civilDate,
  instant,
  isZone,
  localDate,
  type CivilDate,
  type TimeOfDay,
  type Zone,
} from '../core/time.ts';
import { ephemeralServers } from '../embedded/servers.ts';
import { withProgress } from '../embedded/progress.ts';
import { subscriptionById } from '../ledger/queries/subscriptions.ts';
import { timelineAfter, type RecordedEntry } from '../ledger/queries/timeline.ts';
import { upcoming } from '../picture/happenings.ts';
import { timelinePicture } from '../picture/timeline.ts';
import { startSandbox } from '../sandbox/server.ts';
import { rehearse, rehearsedTerms, type Script } from './life.ts';
import { diaryOf } from './print.ts';
import { bundleWorkflows, quietRuntime } from '../worker-options.ts';
import { openStage, type Stage } from './stage.ts';

/** What the cards of `--card` are called in the sandbox; its page /cards explains each. */
const cards: Record<string, string> = {
  ok: 'pm_card_visa',
  'insufficient-funds': 'pm_sandbox_insufficient_funds',
  'recovers-after-3-days': 'pm_sandbox_recovers_after_3_days',
  expired: 'pm_sandbox_expired_card',
  lost: 'pm_sandbox_lost_card',
  stolen: 'pm_sandbox_stolen_card',
  'do-not-honor': 'pm_sandbox_do_not_honor',
  'needs-authentication': 'pm_sandbox_authentication_required',
};

const outcomes = ['paid', 'will-pay', 'no-answer', 'wrong-number', 'do-not-call', 'other'] as const;

interface Options {
  policy: string;
  card: string;
  from: CivilDate;
  zone: Zone;
  days: number;
  call?: (typeof outcomes)[number];
  newCardAfter?: number;
  svg?: string;
}

try {
  await run(readOptions());
} catch (error) {
  console.error(`rehearse: ${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = 1;
}

function readOptions(): Options {
  return new Command('npm run rehearse --')
    .description('Rehearses one subscription under a policy, on the real workflow and server with skipped time.')
    .addOption(
      new Option('--policy <id>', 'a policy of config/policies').choices([...loadPolicies().keys()]).default('cure'),
    )
    .addOption(
      new Option('--card <kind>', 'how the card behaves when the renewal is charged')
        .choices(Object.keys(cards))
        .default('insufficient-funds'),
    )
    .option(
      '--from <date>',
      'day of the first renewal, today or later',
      dateFrom,
      addDays(today('Europe/Rome' as Zone), 7),
    )
    .option('--zone <name>', "the customer's IANA time zone", zoneFrom, 'Europe/Rome' as Zone)
    .option('--days <n>', 'days to follow after the first renewal', daysFrom, 30)
    .addOption(
      new Option('--call <outcome>', 'how the calls of care agents end (default: nobody takes them)').choices(outcomes),
    )
    .option('--new-card-after <days>', 'the customer gives a good card so many days after the renewal', daysFrom)
    .option('--svg <file>', 'draws the timeline into a file too')
    .parse()
    .opts<Options>();
}

function today(zone: Zone): CivilDate {
  return localDate(instant(Date.now()), zone);
}

function dateFrom(text: string): CivilDate {
  try {
    const date = civilDate(text);
    if (date < today('Pacific/Kiritimati' as Zone))
      throw new InvalidArgumentError('a life cannot be rehearsed in the past: choose today or a later day');
    return date;
  } catch (error) {
    throw error instanceof InvalidArgumentError ? error : new InvalidArgumentError('a day such as 2027-01-31');
  }
}

function zoneFrom(text: string): Zone {
  if (!isZone(text)) throw new InvalidArgumentError('an IANA zone such as Europe/Rome');
  return text;
}

function daysFrom(text: string): number {
  const days = Number(text);
  if (!Number.isInteger(days) || days < 0 || days > 800)
    throw new InvalidArgumentError('a whole number of days from 0 to 800');
  return days;
}

async function run(options: Options): Promise<void> {
  const begun = performance.now();
  quietRuntime();
  const [servers, sandbox, workflowBundle] = await withProgress('starting Temporal and PostgreSQL', () =>
    Promise.all([
      ephemeralServers({ searchAttributes: searchAttributeTypes }),
      startSandbox({ port: 0 }),
      bundleWorkflows(),
    ]),
  );
  const connection = await Connection.connect({ address: servers.temporal.address });
  const client = new Client({ connection });
  const stage = await openStage({
    client,
    temporalAddress: servers.temporal.address,
    databaseUrl: servers.databaseUrl,
    name: 'rehearsal',
    sandboxUrl: sandbox.url,
    workflowBundle,
  });
  try {
    const script = scriptOf(options);
    await rehearse(stage, script);
    const { entries } = await timelineAfter(stage.ledger, script.terms.subscription, 0, 10_000);
    if (options.svg) await writeFile(options.svg, await pictureOf(stage, script, entries));
    const { status } = await client.workflow.getHandle(subscriptionWorkflowId(script.terms.subscription)).describe();
    console.log(`Policy ${options.policy}, card ${options.card}, times in ${options.zone}`);
    console.log(diaryOf(entries, options.zone, process.stdout.isTTY));
    console.log(
      `\n${status.name === 'RUNNING' ? 'The subscription goes on.' : 'The subscription is over.'} Rehearsed in ${((performance.now() - begun) / 1000).toFixed(1)} s.`,
    );
  } finally {
    await stage.stop();
    await connection.close();
    await sandbox.close();
    await servers.stop();
  }
}

/** The life as it stands at the end of the days that were followed. */
async function pictureOf(stage: Stage, { terms, days }: Script, entries: RecordedEntry[]): Promise<string> {
  const row = await subscriptionById(stage.ledger, terms.subscription);
  if (!row) throw new Error(`${terms.subscription} is not in the ledger`);
  const state = upgrade(row.state);
  const now = atLocal(addDays(terms.firstRenewalOn, days), '23:59' as TimeOfDay, terms.zone);
  // An open case is drawn to its end; a quiet life, whose steps go on for ever, as far as it was followed.
  const plan = openCases(state).length > 0 ? agenda(state, now, await stage.rulebookFor(state)) : [];
  return timelinePicture({ entries, agenda: upcoming(state, plan), zone: terms.zone, now });
}

function scriptOf({ policy, card, from, zone, days, call, newCardAfter }: Options): Script {
  const terms = rehearsedTerms({
    id: `rehearsal-${randomUUID().slice(0, 8)}`,
    policy,
    firstRenewalOn: from,
    zone,
  });
  return {
    terms,
    customerName: 'Anna Bruni',
    planName: 'Pro, monthly',
    card: cards[card] ?? card,
    days,
    ...(call && { call: { outcome: call } }),
    ...(newCardAfter !== undefined && { newCardAfterDays: newCardAfter }),
  };
}
