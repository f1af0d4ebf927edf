import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { loadPolicies } from '../../config/rules.ts';
import { policyLabel, policySchema } from '../../src/core/policy.ts';
import { parseYaml } from '../../config/yaml-file.ts';

const cure = readFileSync(fileURLToPath(new URL('../../config/policies/cure.yaml', import.meta.url)), 'utf8');

/** What is said of the preset with one text changed. */
function complaint(from: string | RegExp, to: string): string {
  const changed = cure.replace(from, to);
  expect(changed).not.toBe(cure);
  try {
    parseYaml(changed, 'cure.yaml', policySchema);
  } catch (error) {
    return (error as Error).message;
  }
  return 'nothing';
}

function lineOf(text: string): number {
  return cure.split('\n').findIndex((line) => line.includes(text)) + 1;
}

describe('a policy file', () => {
  it.each([
    [
      'a time that is none',
      /deadlineAt: .*/,
      'deadlineAt: "25:00"',
      'deadlineAt',
      'case.deadlineAt: a time of day such as "09:00", in quotes',
    ],
    ['a number as text', 'graceDays: 5', 'graceDays: five', 'graceDays', 'case.graceDays: '],
    ['a negative number', 'callsAtMost: 3', 'callsAtMost: -1', 'callsAtMost', 'contact.callsAtMost: '],
    [
      'an end before the lock',
      'endsAfterDays: 14',
      'endsAfterDays: 5',
      'endsAfterDays',
      'case.endsAfterDays: endsAfterDays must be more than graceDays',
    ],
    [
      'a message that core places itself',
      'access-ends-soon',
      'farewell',
      'access-ends-soon',
      'case.contacts.2.message: ',
    ],
  ])('with %s is refused with file, line and field', (_, from, to, field, expected) => {
    expect(complaint(from, to)).toContain(`cure.yaml:${lineOf(field)}: ${expected}`);
  });

  it('names an unknown field', () => {
    expect(complaint('graceDays: 5', 'graceDays: 5\n  graceWeeks: 1')).toMatch(/^cure\.yaml:\d+: case: .*graceWeeks/);
  });

  it('names a field that is missing', () => {
    expect(complaint(/^ {2}graceDays: 5\n/m, '')).toMatch(/cure\.yaml:\d+: case\.graceDays: /);
  });

  it('tells all that is wrong at once, a line each', () => {
    expect(complaint(/graceDays: 5|callsAtMost: 3/g, 'wrong: 1').split('\n').length).toBeGreaterThan(1);
  });

  it('that is no YAML says where it breaks', () => {
    expect(complaint('id: cure', 'id: [cure')).toMatch(/^cure\.yaml.*line \d+/s);
  });

  it('bears the name of its id', () => {
    const folder = mkdtempSync(join(tmpdir(), 'policies-'));
    writeFileSync(join(folder, 'other.yaml'), cure);
    expect(() => loadPolicies(folder)).toThrow('other.yaml: id: is "cure", but the file\'s name says "other"');
    rmSync(folder, { recursive: true });
  });
});

it('the presets that ship are cure and lock', () => {
  const policies = loadPolicies();
  expect([...policies.keys()].sort()).toEqual(['cure', 'lock']);
  expect([...policies.values()].map((policy) => policyLabel({ version: 2, policy })).sort()).toEqual([
    'cure@2',
    'lock@2',
  ]);
});
