/** Marks on their lanes: those that would lie upon each other are one, and a word stands where there is room for it. */
import { left, right, textWidth, type Axis } from './axis.ts';
import { laneOf, type Drawn, type Happening, type PictureLane } from './happenings.ts';

/** Where the lanes run, from top to bottom. */
export const lanes: Record<PictureLane, number> = { money: 66, messages: 104, people: 142 };
/** Marks nearer to each other than this join into one. */
const joinWithin = 14;

export interface Cluster {
  x: number;
  y: number;
  /** In order of time. */
  marks: Happening[];
  /** The latest stands for all: of a decline and a payment on one day the payment is what counts. */
  shown: Happening;
}

/** What is to come never joins what happened. */
export function clustersOf(happenings: Happening[], axis: Axis): Cluster[] {
  const clusters: Cluster[] = [];
  for (const mark of happenings) {
    const x = axis(mark.ms);
    const y = lanes[laneOf[mark.mark]];
    const before = clusters.findLast((cluster) => cluster.y === y);
    const sameTense = before && (before.shown.when === 'to-come') === (mark.when === 'to-come');
    if (sameTense && x - before.x < joinWithin) {
      before.marks.push(mark);
      before.shown = mark;
    } else clusters.push({ x, y, marks: [mark], shown: mark });
  }
  return clusters;
}

export interface Label {
  x: number;
  y: number;
  text: string;
  anchor: 'start' | 'end';
}

/** A word beside the first mark of each kind that has room for it; what a person said is written each time. */
export function labelsOf(
  clusters: Cluster[],
  words: Partial<Record<Drawn, string>>,
  todayX: number | undefined,
): Label[] {
  const labels: Label[] = [];
  const named = new Set<Drawn>();
  for (const cluster of clusters) {
    const { mark, when, text } = cluster.shown;
    const word = mark === 'called' ? text : words[mark];
    if (!word || when === 'to-come' || named.has(mark)) continue;
    const label = labelBeside(cluster, word, obstaclesOn(cluster, clusters, todayX));
    if (!label) continue;
    labels.push(label);
    if (mark !== 'called') named.add(mark);
  }
  return labels;
}

const markRadius = 12;
const labelSize = 11;

function obstaclesOn(cluster: Cluster, clusters: Cluster[], todayX: number | undefined): number[] {
  const others = clusters.filter((other) => other.y === cluster.y && other !== cluster).map(({ x }) => x);
  return todayX === undefined ? others : [...others, todayX];
}

function labelBeside({ x, y, marks }: Cluster, text: string, obstacles: number[]): Label | undefined {
  const width = textWidth(text, labelSize);
  const start = x + (marks.length > 1 ? 19 : 13);
  const end = x - 13;
  const freeFrom = Math.max(left, ...obstacles.filter((other) => other <= x).map((other) => other + markRadius));
  const freeTo = Math.min(right, ...obstacles.filter((other) => other > x).map((other) => other - markRadius));
  if (start + width <= freeTo) return { x: start, y: y - 5, text, anchor: 'start' };
  if (end - width >= freeFrom) return { x: end, y: y - 5, text, anchor: 'end' };
  return undefined;
}
