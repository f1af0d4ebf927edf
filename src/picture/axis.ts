/** Where moments stand on the picture, and which days are written beneath. */
import type { Zone } from '../core/time.ts';

export const left = 84;
export const right = 680;
/** Marks stand clear of both ends. */
const margin = 18;

/** From milliseconds to picture units. */
export type Axis = (ms: number) => number;

/** @param tail room behind the last moment (Default: as much as before the first) */
export function axisOver(first: number, last: number, tail = margin): Axis {
  const span = last - first;
  const inner = right - left - margin - Math.max(margin, tail);
  return (ms) => (span === 0 ? (left + right) / 2 : left + margin + ((ms - first) / span) * inner);
}

/** Rough width of a text in Inter or a font like it; a CJK character takes a whole square. */
export function textWidth(text: string, size: number): number {
  const ems = [...text].reduce((sum, character) => sum + (character > '\u2e80' ? 1 : 0.56), 0);
  return ems * size;
}

export interface DayLabel {
  x: number;
  text: string;
}

/** The days of the moments, left to right, as many as there is room for beside today's word; a month is named when it changes. */
export function dayLabels(
  moments: number[],
  axis: Axis,
  { zone, locale, today }: { zone: Zone; locale: string; today?: DayLabel },
): DayLabel[] {
  const format = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locale, { timeZone: zone, ...options });
  const withMonth = format({ day: 'numeric', month: 'short' });
  const dayOnly = format({ day: 'numeric' });
  const monthOnly = format({ month: 'numeric', year: 'numeric' });
  const labels: (DayLabel & { month: string })[] = [];
  for (const ms of [...moments].sort((a, b) => a - b)) {
    const month = monthOnly.format(ms);
    const before = labels.at(-1);
    const label = { x: axis(ms), month, text: (before?.month === month ? dayOnly : withMonth).format(ms) };
    if ((!before || isApart(before, label)) && (!today || isApart(today, label))) labels.push(label);
  }
  return labels;
}

const gap = 6;

function isApart(a: DayLabel, b: DayLabel): boolean {
  return Math.abs(a.x - b.x) >= (textWidth(a.text, 12) + textWidth(b.text, 12)) / 2 + gap;
}
