/**
 * The timeline picture: one band for what the customer may do, a lane each for money, messages and people. One renderer
 * for the desk, the rehearsal and the README. Pure: the moment is given, and the same life gives the same picture.
 */
import type { Entry } from '../core/decide.ts';
import { epochMs, type Instant, type Zone } from '../core/time.ts';
import { axisOver, dayLabels, left, right } from './axis.ts';
import { bandText, drawBand, wordRoom } from './band.ts';
import { clustersOf, labelsOf, lanes, type Cluster } from './clusters.ts';
import {
  accessChanges,
  happenings,
  type AccessChange,
  type Happening,
  type PictureLane,
  type Upcoming,
} from './happenings.ts';
import { look } from './look.ts';
import { shapeOf } from './shapes.ts';
import { tenth, text, xml } from './svg.ts';
import { summaryOf, tellerOf } from './tell.ts';
import { wordsOf, type PictureLanguage, type PictureWords } from './words.ts';

export interface TimelineOptions {
  /** In order, from the beginning of the life or from a moment of full access. */
  entries: Pick<Entry, 'at' | 'text' | 'why' | 'mark' | 'access'>[];
  /** What comes if nothing new happens: see `upcoming`. */
  agenda: Upcoming[];
  /** The customer's: days begin and end there. */
  zone: Zone;
  /** (Default: `en`) */
  language?: PictureLanguage;
  now: Instant;
}

const width = 728;
const height = 212;
const foot = 182;

/** Draws a life as an SVG that stands alone and reads on a light and on a dark page. A life without events gives empty lanes. */
export function timelinePicture({ entries, agenda, zone, language = 'en', now }: TimelineOptions): string {
  const words = wordsOf(language);
  const marks = happenings(entries, agenda);
  const access = accessChanges(entries, agenda);
  const extent = extentOf([...marks, ...access], agenda.length > 0, epochMs(now));
  const label = summaryOf(marks, { ...extent, zone, words });
  const lines = [
    `<svg xmlns="http://www.w3.org/2000/svg" class="timeline" viewBox="0 0 ${width} ${height}" role="img" aria-label="${xml(label)}">`,
    `<style>\n${look}\n</style>`,
    `<rect class="paper" x=".5" y=".5" width="${width - 1}" height="${height - 1}" rx="10"/>`,
    '<g transform="translate(24 8)">',
    ...drawLife({ marks, access, extent, zone, words, now: epochMs(now) }),
    '</g>',
    '</svg>\n',
  ];
  return lines.filter((line) => line !== '').join('\n');
}

interface Extent {
  first: number;
  last: number;
}

/** From the first event to the last. A life that is over is not drawn out to a today that may lie years later. */
function extentOf(events: { ms: number }[], goesOn: boolean, now: number): Extent {
  const moments = events.map(({ ms }) => ms);
  const ends = goesOn || moments.length === 0 ? [...moments, now] : moments;
  return { first: Math.min(...(moments.length > 0 ? moments : [now])), last: Math.max(...ends) };
}

interface Life {
  marks: Happening[];
  access: AccessChange[];
  extent: Extent;
  zone: Zone;
  words: PictureWords;
  now: number;
}

function drawLife({ marks, access, extent: { first, last }, zone, words, now }: Life): string[] {
  const lastChange = access.at(-1);
  const axis = axisOver(first, last, lastChange?.ms === last ? wordRoom(words.access[lastChange.access]) : 0);
  const today = now >= first && now <= last ? { x: axis(now), text: words.today } : undefined;
  const clusters = clustersOf(marks, axis);
  const tell = tellerOf(words, zone);
  const moments = [...marks, ...access].map(({ ms }) => ms);
  const days = dayLabels(moments, axis, { zone, locale: words.locale, ...(today && { today }) });
  return [
    text(0, bandText, words.accessLane),
    ...drawBand(access, axis, { laterFrom: now >= last ? right : axis(now), words: words.access }),
    ...Object.entries(lanes).flatMap(([lane, y]) => [
      text(0, y + 4, words.lanes[lane as PictureLane]),
      `<line class="lane" x1="${left}" x2="${right}" y1="${y}" y2="${y}"/>`,
    ]),
    ...(today ? drawToday(today) : []),
    ...labelsOf(clusters, words.labels, today?.x).map(({ x, y, text: word, anchor }) =>
      text(x, y, word, `class="label" text-anchor="${anchor}"`),
    ),
    ...clusters.map((cluster) => drawCluster(cluster, tell)),
    ...days.map(({ x, text: day }) => text(x, foot, day, 'text-anchor="middle"')),
  ];
}

function drawToday({ x, text: word }: { x: number; text: string }): string[] {
  return [
    `<line class="now" x1="${tenth(x)}" x2="${tenth(x)}" y1="8" y2="${foot - 16}"/>`,
    text(x, foot, word, 'class="strong" text-anchor="middle"'),
  ];
}

function drawCluster({ x, y, marks, shown }: Cluster, tell: (mark: Happening) => string): string {
  const count =
    marks.length > 1
      ? `<circle class="count" cx="9" cy="-8" r="6.5"/><text class="number" x="9" y="-4.7" text-anchor="middle">${marks.length}</text>`
      : '';
  return `<g transform="translate(${tenth(x)} ${y})"><title>${xml(marks.map(tell).join('\n'))}</title>${shapeOf(shown)}${count}</g>`;
}
