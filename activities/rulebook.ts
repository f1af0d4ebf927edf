/** The rules that a decision is made by: the newest policies, the versions that open cases are pinned to, decline codes. */
import type { DeclineTable } from '../src/core/declines.ts';
import type { Rulebook } from '../src/core/decide.ts';
import type { Policy, PolicyVersion } from '../src/core/policy.ts';
import { openCases, type State } from '../src/core/state.ts';
import type { Ledger } from '../src/ledger/database.ts';
import { newestPolicyVersion, policyVersion, recordPolicy } from '../src/ledger/queries/policies.ts';

/** Records the policies that this process was started with, and answers with the rulebook of any state. */
export async function rulebooks(
  ledger: Ledger,
  policies: Iterable<Policy>,
  declines: DeclineTable,
): Promise<(state: State) => Promise<Rulebook>> {
  const current = new Map<string, PolicyVersion>();
  for (const policy of policies) current.set(policy.id, await recordPolicy(ledger, policy));
  // A recorded version never changes, so it is read once.
  const recorded = new Map<string, PolicyVersion>();

  async function pinnedVersion(id: string, version: number): Promise<PolicyVersion> {
    const key = `${id}@${version}`;
    const found = recorded.get(key) ?? (await policyVersion(ledger, id, version));
    if (!found) throw new Error(`policy ${key} is pinned by an open case but is not in the ledger`);
    recorded.set(key, found);
    return found;
  }

  return async (state) => {
    const { policy: id } = state.terms;
    // A policy whose file was taken away stays in force for those who have it.
    const newest = current.get(id) ?? (await newestPolicyVersion(ledger, id));
    if (!newest) throw new Error(`there is no policy ${id}, neither in config/policies nor in the ledger`);
    const versions = [...new Set(openCases(state).map(({ case: dunning }) => dunning.policyVersion))].filter(
      (version) => version !== newest.version,
    );
    const pinned = Object.fromEntries(
      await Promise.all(versions.map(async (version) => [version, await pinnedVersion(id, version)] as const)),
    );
    return { current: newest, pinned, declines };
  };
}
