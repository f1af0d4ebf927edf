import { readFileSync } from 'node:fs';
import { agenda, decide } from '../../src/core/decide.ts';
import type { State } from '../../src/core/state.ts';
import { instant } from '../../src/core/time.ts';
import { upgrade } from '../../src/core/upgrade.ts';
import { rulebook } from '../support/life.ts';

/** As each released version wrote it: a locked subscription with an open call task. */
const stored = (version: number): State =>
  JSON.parse(readFileSync(new URL(`./fixtures/state-v${version}.json`, import.meta.url), 'utf8')) as State;

describe('a state of version 1', () => {
  it('is read as it stands, and decided upon', () => {
    const now = instant('2027-03-08T08:00:00Z');
    const { effects, view } = decide(upgrade(stored(1)), [], now, rulebook());
    expect(view).toMatchObject({ standing: 'locked', access: 'payment-only', amountAtRiskMinor: 4900 });
    expect(effects.map(({ key }) => key)).toEqual(['sub_1/2/case/charge/4']);
  });

  it('has an agenda to its end', () => {
    const steps = agenda(upgrade(stored(1)), instant('2027-03-07T12:00:00Z'), rulebook()).map(({ what }) => what);
    expect(steps).toEqual([
      'try 4: charge €49.00',
      'try 5: charge €49.00',
      'end: write off and close the subscription',
    ]);
  });
});

it('refuses a state of a newer release and says what to do', () => {
  const newer = { ...stored(1), version: 2 } as unknown as State;
  expect(() => upgrade(newer)).toThrow('this state is of version 2, and this release reads up to 1: update the worker');
});
