import { loadDeclines } from '../../config/rules.ts';
import { declineTable, readDecline } from '../../src/core/declines.ts';

const table = loadDeclines();

describe('a decline code', () => {
  it.each([
    ['insufficient_funds', 'soft'],
    ['expired_card', 'update'],
    ['authentication_required', 'authenticate'],
    ['stolen_card', 'hard'],
  ])('%s is %s', (code, expected) => {
    expect(readDecline({ code }, table)).toMatchObject({ class: expected, known: true });
  });

  it.each(['brand_new_code', 'toString', '__proto__', ''])(
    '%j is in no table: soft, and known to be unknown',
    (code) => {
      expect(readDecline({ code }, table)).toEqual({ class: 'soft', meaning: `unknown code ${code}`, known: false });
    },
  );
});

describe('the table that ships', () => {
  it('says in words what each code means, and where it comes from', () => {
    expect(table.source).toMatch(/docs\.stripe\.com.*read/);
    for (const [code, { meaning }] of Object.entries(table.codes))
      expect([code, meaning]).toEqual([code, expect.stringMatching(/\w/)]);
  });

  it('has a code of every class', () => {
    expect(new Set(Object.values(table.codes).map((row) => row.class))).toEqual(
      new Set(['soft', 'update', 'authenticate', 'hard']),
    );
  });

  it('takes no class that core does not know', () => {
    expect(declineTable.safeParse({ source: 'x', codes: { a: { class: 'maybe', meaning: 'b' } } }).success).toBe(false);
  });
});
