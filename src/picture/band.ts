/** The band of access: what the customer may do, from left to right. */
import type { Access } from '../core/standing.ts';
import { left, right, textWidth, type Axis } from './axis.ts';
import type { AccessChange } from './happenings.ts';
import { tenth, text, xml } from './svg.ts';

const top = 14;
const height = 22;
export const bandText = top + 15;

interface Span {
  access: Access;
  from: number;
  to: number;
}

/** @param laterFrom where the part begins that is still to come */
export function drawBand(
  changes: AccessChange[],
  axis: Axis,
  { laterFrom, words }: { laterFrom: number; words: Record<Access, string> },
): string[] {
  return spans(changes, axis).flatMap((span) => drawSpan(span, laterFrom, words[span.access]));
}

/** Room that a word of the band needs. */
export function wordRoom(word: string): number {
  return textWidth(word, 12) + 20;
}

/** A life begins with full access. */
function spans(changes: AccessChange[], axis: Axis): Span[] {
  const starts: { x: number; access: Access }[] = [
    { x: left, access: 'full' },
    ...changes.map(({ ms, access }) => ({ x: axis(ms), access })),
  ];
  return starts
    .map(({ x, access }, i) => ({ access, from: x, to: starts[i + 1]?.x ?? right }))
    .filter(({ from, to }) => to - from >= 1);
}

function drawSpan({ access, from, to }: Span, laterFrom: number, word: string): string[] {
  const cut = Math.min(Math.max(laterFrom, from), to);
  return [
    rect(from, cut, access, word),
    rect(cut, to, `${access} later`, word),
    wordRoom(word) <= to - from ? text(from + 10, bandText, word) : '',
  ];
}

function rect(from: number, to: number, classes: string, word: string): string {
  if (to - from < 1) return '';
  return `<rect class="${classes}" x="${tenth(from)}" y="${top}" width="${tenth(to - from)}" height="${height}" rx="5"><title>${xml(word)}</title></rect>`;
}
