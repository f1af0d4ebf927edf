/** Histories that were recorded by earlier releases replay on the workflows of today: no deploy leaves a life stuck. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker, type WorkflowBundleWithSourceMap } from '@temporalio/worker';
import { bundleWorkflows } from '../../src/worker-options.ts';
import { historyFromJson, type StoredHistory } from '../histories/format.ts';
import { quiet } from '../support/world.ts';

const folder = join(import.meta.dirname, '..', 'histories');
const recorded = readdirSync(folder).filter((name) => name.endsWith('.json'));

let workflowBundle: WorkflowBundleWithSourceMap;

beforeAll(async () => {
  quiet();
  workflowBundle = await bundleWorkflows();
}, 120_000);

const read = (name: string) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as StoredHistory;

const replay = ({ workflowId, history }: StoredHistory) =>
  Worker.runReplayHistory({ workflowBundle }, historyFromJson(history), workflowId);

describe('a stored history', () => {
  it.each(recorded)('%s replays', (name) => replay(read(name)));

  it('that tells of a step which the workflow does not ask for is noticed', async () => {
    const told = read('recovered-by-a-retry.json');
    const otherwise = JSON.parse(JSON.stringify(told).replaceAll('"name":"charge"', '"name":"openCallTask"'));
    await expect(replay(otherwise)).rejects.toThrow(/Nondeterminism/i);
  });
});
