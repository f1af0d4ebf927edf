/** The shape of each mark, drawn around (0, 0): told apart by form, not by colour alone. */
import type { Drawn, Happening } from './happenings.ts';

const circle = '<circle r="8.5"/>';
const envelope = '<rect x="-10" y="-7.5" width="20" height="15" rx="3"/>';
const bubble =
  '<path d="M-7 -8h14a3 3 0 0 1 3 3v6a3 3 0 0 1 -3 3h-6l-5 4.5v-4.5h-3a3 3 0 0 1 -3 -3v-6a3 3 0 0 1 3 -3z"/>';
const phone =
  '<path class="glyph" d="M-3.5 -3.500c0 4 3 7 7 7l1-2-2.5-1.3-1 1c-1.2-.5-2.2-1.5-2.7-2.700l1-1-1.3-2.500z"/>';

interface Shape {
  outline: string;
  /** Drawn on a filled outline. */
  glyph: string;
  colour: 'failed' | 'paid' | 'sent' | 'person';
}

const shapes: Record<Drawn, Shape> = {
  charge: { outline: circle, glyph: '', colour: 'sent' },
  declined: { outline: circle, glyph: '<path class="glyph" d="M-3 -3l6 6M3 -3l-6 6"/>', colour: 'failed' },
  paid: { outline: circle, glyph: '<path class="glyph" d="M-3.8 .2l2.7 2.8 5-5.6"/>', colour: 'paid' },
  mail: { outline: envelope, glyph: '<path class="glyph" d="M-6 -2.500l6 4 6-4"/>', colour: 'sent' },
  sms: { outline: bubble, glyph: '<path class="glyph" d="M-5 -3.600h10M-5 -.1h6"/>', colour: 'sent' },
  'call-task': { outline: circle, glyph: phone, colour: 'person' },
  called: { outline: circle, glyph: phone, colour: 'person' },
};

/** Money that is to come is neither paid nor declined yet; a mail or a call is known as what it is. */
const knownBefore = new Set<Drawn>(['mail', 'sms', 'call-task']);

/** Filled when it happened, an unbroken outline while an answer is open, a dashed one for what is to come. */
export function shapeOf({ mark, when }: Pick<Happening, 'mark' | 'when'>): string {
  const { outline, glyph, colour } = shapes[mark];
  if (when === 'happened') return `<g class="${colour}">${outline}</g>${glyph}`;
  const hollowGlyph = glyph.replace('class="glyph"', 'class="glyph hollow"');
  return `<g class="${when}">${outline}</g>${knownBefore.has(mark) ? hollowGlyph : ''}`;
}
