/** Policies: every version that was ever in force stays readable, because cases are pinned to it. */
import { createHash } from 'node:crypto';
import { policySchema, type Policy, type PolicyVersion } from '../../core/policy.ts';
import type { Ledger } from '../database.ts';

/** Gives the policy its version: the newest one when the content is the same, else the next number. */
export async function recordPolicy(ledger: Ledger, policy: Policy): Promise<PolicyVersion> {
  const hash = createHash('sha256').update(JSON.stringify(policy)).digest('hex');
  for (;;) {
    const newest = await ledger
      .selectFrom('policies')
      .select(['version', 'hash'])
      .where('id', '=', policy.id)
      .orderBy('version', 'desc')
      .executeTakeFirst();
    if (newest?.hash === hash) return { version: newest.version, policy };
    const version = (newest?.version ?? 0) + 1;
    const inserted = await ledger
      .insertInto('policies')
      .values({ id: policy.id, version, hash, content: JSON.stringify(policy) })
      .onConflict((conflict) => conflict.columns(['id', 'version']).doNothing())
      .returning('version')
      .executeTakeFirst();
    // Another process that starts at the same moment may have taken the number; then its content is looked at again.
    if (inserted) return { version, policy };
  }
}

export async function policyVersion(ledger: Ledger, id: string, version: number): Promise<PolicyVersion | undefined> {
  const row = await ledger
    .selectFrom('policies')
    .select('content')
    .where('id', '=', id)
    .where('version', '=', version)
    .executeTakeFirst();
  return row && { version, policy: policySchema.parse(row.content) };
}

export async function newestPolicyVersion(ledger: Ledger, id: string): Promise<PolicyVersion | undefined> {
  const row = await ledger
    .selectFrom('policies')
    .select(['version', 'content'])
    .where('id', '=', id)
    .orderBy('version', 'desc')
    .executeTakeFirst();
  return row && { version: row.version, policy: policySchema.parse(row.content) };
}
