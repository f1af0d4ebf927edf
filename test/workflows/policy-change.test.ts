/** A policy that changes while lives run: they go on, a case is handled to its end by the version that it was opened with. */
import { loadPolicies } from '../../config/rules.ts';
import type { Policy } from '../../src/core/policy.ts';
import { instant } from '../../src/core/time.ts';
import { policyVersion } from '../../src/ledger/queries/policies.ts';
import { subscriptionById } from '../../src/ledger/queries/subscriptions.ts';
import { enrol } from '../../src/rehearsal/life.ts';
import { subscriptionWorkflowId } from '../../workflows/messages.ts';
import { told } from '../support/life.ts';
import { momentOf, scriptOf, startWorld, type World } from '../support/world.ts';

const patient: Policy = { ...loadPolicies().get('cure')!, id: 'house' };
const strict: Policy = { ...patient, case: { ...patient.case, graceDays: 2, endsAfterDays: 6 } };

let world: World;

beforeAll(async () => {
  world = await startWorld({ policies: [patient] });
}, 120_000);

afterAll(() => world.stop());

describe('a policy that becomes stricter while a case is open', () => {
  it('leaves that case its deadlines, and is in force for the next one', async () => {
    const script = scriptOf({ policy: 'house', card: 'pm_sandbox_expired_card' });
    const clock = await enrol(world.stage(), script, instant(Date.now()), momentOf(script.terms, 1, '12:00'));
    await world.restage([strict]);
    await clock.runTo(momentOf(script.terms, 20, '12:00'));

    const { subscription } = script.terms;
    expect(
      (await world.diary(script.terms))
        .split('\n')
        .filter((line) => /lock:|end:/.test(line))
        .join('\n'),
    ).toBe(
      told(`
        day 5 18:00  lock: access to the payment page only
        day 14 18:00  end: write off and close the subscription
      `),
    );
    const { status } = await world.client.workflow.getHandle(subscriptionWorkflowId(subscription)).describe();
    expect(status.name).toBe('COMPLETED');

    const next = await world.live({ policy: 'house', card: 'pm_sandbox_expired_card', days: 20 });
    expect(
      (await world.diary(next))
        .split('\n')
        .filter((line) => /lock:|end:/.test(line))
        .join('\n'),
    ).toBe(
      told(`
        day 2 18:00  lock: access to the payment page only
        day 6 18:00  end: write off and close the subscription
      `),
    );
  });

  it('is a version beside the old one, and each case names its own', async () => {
    const { ledger } = world.stage();
    const opened = await world.live({ policy: 'house', card: 'pm_sandbox_expired_card', days: 1 });
    const row = await subscriptionById(ledger, opened.subscription);
    expect(row?.state.invoices.map((invoice) => invoice.case?.policyVersion)).toEqual([2]);
    expect((await policyVersion(ledger, 'house', 1))?.policy.case.graceDays).toBe(5);
    expect((await policyVersion(ledger, 'house', 2))?.policy.case.graceDays).toBe(2);
    expect(await policyVersion(ledger, 'house', 3)).toBeUndefined();
  });
});
