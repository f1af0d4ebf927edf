import { describe, expect, it } from '@jest/globals';
import { instant, type Zone } from '../../src/core/time.ts';
import type { Upcoming } from '../../src/picture/happenings.ts';
import { timelinePicture, type TimelineOptions } from '../../src/picture/timeline.ts';

const zone = 'Europe/Rome' as Zone;
const at = (day: string, time = '09:00') => instant(`${day}T${time}:00+01:00`);

function picture(life: Partial<TimelineOptions>): string {
  return timelinePicture({ entries: [], agenda: [], zone, now: at('2027-02-03', '12:00'), ...life });
}

const declined = {
  at: at('2027-01-31'),
  text: 'try 1 declined',
  why: 'insufficient <funds>',
  mark: 'declined',
} as const;
const charge = { at: at('2027-01-31'), text: 'charge €49.00', mark: 'charge' } as const;
const lock: Upcoming = { at: at('2027-02-05', '18:00'), text: 'lock', why: 'grace is over', access: 'payment-only' };
const retry: Upcoming = { at: at('2027-02-07'), text: 'try 2', why: 'the plan', mark: 'charge' };

describe('the timeline picture', () => {
  it('shows what happened filled and what is to come dashed, with today between them', () => {
    const svg = picture({ entries: [charge, declined], agenda: [lock, retry] });
    expect(svg.match(/<g class="failed">/g)).toHaveLength(1);
    expect(svg.match(/<g class="to-come">/g)).toHaveLength(1);
    expect(svg).toContain('class="now"');
    expect(svg).toContain('>today</text>');
  });

  it('lets an answer stand for the question, and leaves an open question hollow', () => {
    expect(picture({ entries: [charge, declined] })).not.toContain('class="asked"');
    expect(picture({ entries: [charge] })).toContain('class="asked"');
  });

  it('says on each mark when, what and why, as safe text', () => {
    expect(picture({ entries: [declined] })).toContain(
      '<title>Sun 31 Jan, 09:00: try 1 declined — insufficient &lt;funds&gt;</title>',
    );
  });

  it('joins marks that would lie upon each other into one with a number', () => {
    const mails = ['10:00', '10:05', '10:10'].map((time) => ({
      at: at('2027-02-01', time),
      text: 'mail',
      mark: 'mail' as const,
    }));
    const svg = picture({ entries: [declined, ...mails], agenda: [retry] });
    expect(svg).toContain('>3</text>');
    expect(svg.match(/<g class="sent">/g)).toHaveLength(1);
  });

  it('cuts the band of access where it changes and where it will', () => {
    const svg = picture({ entries: [declined], agenda: [lock, retry] });
    expect(svg).toMatch(/class="full" .*\n.*class="full later"/);
    expect(svg).toContain('class="payment-only later"');
  });

  it('is told in one sentence to who cannot see it', () => {
    expect(picture({ entries: [declined], agenda: [lock, retry] })).toContain(
      'aria-label="Timeline from 31 January 2027 to 7 February 2027: 1 payment declined, 1 still to come."',
    );
  });

  it('does not draw a life that is over out to today', () => {
    expect(picture({ entries: [declined], now: at('2029-01-01') })).not.toContain('class="now"');
  });

  it('draws empty lanes for a life in which nothing happened', () => {
    expect(picture({})).toContain('nothing happened');
    expect(picture({})).not.toContain('NaN');
  });
});
