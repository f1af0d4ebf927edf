/** Loads what ships as data: the policies of config/policies and the decline tables of config/declines. */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { declineTable, type DeclineTable } from '../src/core/declines.ts';
import { policySchema, type Policy } from '../src/core/policy.ts';
import { ConfigError, readYaml } from './yaml-file.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** All policies by id, from a folder of YAML files. @throws ConfigError naming file, line and field. */
export function loadPolicies(folder = join(here, 'policies')): Map<string, Policy> {
  const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
  const policies = new Map<string, Policy>();
  for (const file of files) {
    const policy = readYaml(join(folder, file), policySchema);
    if (`${policy.id}.yaml` !== file)
      throw new ConfigError(`${file}: id: is "${policy.id}", but the file's name says "${file.slice(0, -5)}"`);
    policies.set(policy.id, policy);
  }
  return policies;
}

/** What decline codes mean. @throws ConfigError naming file, line and field. */
export function loadDeclines(file = join(here, 'declines', 'stripe.yaml')): DeclineTable {
  return readYaml(file, declineTable);
}
