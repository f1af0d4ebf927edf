/** What the timeline picture shows of a life: what happened, what was asked and is open, what is to come, and the access. */
import type { Allowed } from '../core/arbiter.ts';
import type { Entry } from '../core/decide.ts';
import { markOfStep, type Mark } from '../core/mark.ts';
import { accessOf, type Access } from '../core/standing.ts';
import type { State } from '../core/state.ts';
import { epochMs, type Instant } from '../core/time.ts';
import { reason } from '../core/view.ts';

export type PictureLane = 'money' | 'messages' | 'people';
export type Drawn = Exclude<Mark, 'withdrawn'>;

export interface Happening {
  /** Milliseconds since 1970. */
  ms: number;
  mark: Drawn;
  /** `asked`: a bank that has not answered, a call that nobody has made. */
  when: 'happened' | 'asked' | 'to-come';
  text: string;
  why?: string;
}

/** A step of the agenda, as the picture needs it. */
export interface Upcoming {
  at: Instant;
  text: string;
  why: string;
  mark?: Mark;
  /** The access that it leads to. */
  access?: Access;
}

export const laneOf: Record<Drawn, PictureLane> = {
  charge: 'money',
  declined: 'money',
  paid: 'money',
  mail: 'messages',
  sms: 'messages',
  'call-task': 'people',
  called: 'people',
};

/** What the steps of an agenda will be and lead to, if nothing new happens. */
export function upcoming(state: State, agenda: Allowed[]): Upcoming[] {
  return agenda.map((step) => {
    const after = step.apply ? step.apply(state) : state;
    const request = step.effect?.(after);
    const mark = markOfStep(request);
    // The biller's answer to a write-off ends the access, not the step that asks for it.
    const access = request?.kind === 'writeOff' ? 'none' : accessOf(after);
    const why = reason(step);
    return {
      at: step.at,
      text: step.what,
      why,
      ...(mark && { mark }),
      ...(access !== accessOf(state) && { access }),
    };
  });
}

/** Everything that gets a mark, in order of time. */
export function happenings(entries: Pick<Entry, 'at' | 'text' | 'why' | 'mark'>[], agenda: Upcoming[]): Happening[] {
  const past: Happening[] = [];
  for (const { at, mark, text, why } of entries) {
    if (!mark || mark === 'withdrawn') continue;
    const asks = mark === 'charge' || mark === 'call-task';
    if (!asks) forgetQuestion(past, mark);
    past.push({ ms: epochMs(at), mark, when: asks ? 'asked' : 'happened', text, ...(why && { why }) });
  }
  const future = agenda.flatMap(({ at, mark, text, why }): Happening[] =>
    mark && mark !== 'withdrawn' ? [{ ms: epochMs(at), mark, when: 'to-come', text, why }] : [],
  );
  return [...past, ...future].sort((a, b) => a.ms - b.ms);
}

/** An answer stands for itself and for what was asked. */
function forgetQuestion(past: Happening[], answer: Drawn): void {
  const lane = laneOf[answer];
  const question = past.findLastIndex(({ when, mark }) => when === 'asked' && laneOf[mark] === lane);
  if (question >= 0) past.splice(question, 1);
}

export interface AccessChange {
  ms: number;
  access: Access;
}

/** The changes of access, those to come among them. */
export function accessChanges(entries: Pick<Entry, 'at' | 'access'>[], agenda: Upcoming[]): AccessChange[] {
  return [...entries, ...agenda]
    .flatMap(({ at, access }) => (access ? [{ ms: epochMs(at), access }] : []))
    .sort((a, b) => a.ms - b.ms);
}
