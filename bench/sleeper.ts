/** The least that a durable timer costs: what starts and signals of subscriptions are measured against. */
import { condition, defineSignal, setHandler } from '@temporalio/workflow';

export const pokeSignal = defineSignal<[string]>('poke');

export async function sleeper(): Promise<void> {
  const heard: string[] = [];
  setHandler(pokeSignal, (word) => void heard.push(word));
  await condition(() => false, '30 days');
}
