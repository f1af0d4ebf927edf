/** Brings a state that any released version wrote up to date: a life outlives dozens of releases. */
import type { State } from './state.ts';

/** @throws Error when the state was written by a newer release than this one. */
export function upgrade(state: State): State {
  if ((state.version as number) > 1)
    throw new Error(`this state is of version ${state.version}, and this release reads up to 1: update the worker`);
  return state;
}
