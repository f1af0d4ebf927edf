/** The picture's own style, light and dark, with no font and no file from elsewhere: it stands alone in a README. */

interface Tokens {
  surface: string;
  line: string;
  ink: string;
  quiet: string;
  accent: string;
  good: string;
  bad: string;
  info: string;
  full: string;
  locked: string;
  gone: string;
}

const light: Tokens = {
  surface: '#ffffff',
  line: '#e3e0d6',
  ink: '#1b2321',
  quiet: '#56615d',
  accent: '#0b6b5d',
  good: '#1d6b3a',
  bad: '#a3271f',
  info: '#2a5a99',
  full: '#e1f2e6',
  locked: '#fcefd5',
  gone: '#f1efe8',
};

const dark: Tokens = {
  surface: '#19201f',
  line: '#2b3533',
  ink: '#e9eeeb',
  quiet: '#a3b0ab',
  accent: '#62cdb7',
  good: '#7fd49b',
  bad: '#f49c92',
  info: '#9cc0f2',
  full: '#17321f',
  locked: '#3a2c12',
  gone: '#0c1110',
};

function variables(tokens: Tokens): string {
  return Object.entries(tokens)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');
}

/** Every rule is bound to the picture's class, since a style inside an SVG that is part of a page counts for the page. */
export const look = [
  `.timeline{${variables(light)};font:12px Inter,system-ui,"Noto Sans CJK JP",sans-serif}`,
  `@media (prefers-color-scheme:dark){.timeline{${variables(dark)}}}`,
  '.timeline text{fill:var(--quiet)}',
  '.timeline .paper{fill:var(--surface);stroke:var(--line)}',
  '.timeline .strong{fill:var(--ink);font-weight:600}',
  '.timeline .label{font-size:11px;paint-order:stroke;stroke:var(--surface);stroke-width:3px;stroke-linejoin:round}',
  '.timeline .lane{stroke:var(--line)}',
  '.timeline .now{stroke:var(--accent);stroke-width:1.5}',
  '.timeline .full{fill:var(--full)}.timeline .payment-only{fill:var(--locked)}.timeline .none{fill:var(--gone);stroke:var(--line)}',
  '.timeline .later{fill-opacity:.45;stroke:var(--quiet);stroke-opacity:.55;stroke-dasharray:2.5 2}',
  '.timeline .failed{fill:var(--bad)}.timeline .paid{fill:var(--good)}.timeline .sent{fill:var(--info)}.timeline .person{fill:var(--accent)}',
  '.timeline .asked{fill:var(--surface);stroke:var(--quiet);stroke-width:1.4}',
  '.timeline .to-come{fill:var(--surface);stroke:var(--quiet);stroke-width:1.4;stroke-dasharray:2.5 2}',
  '.timeline .glyph{fill:none;stroke:var(--surface);stroke-width:1.8;stroke-linecap:round;stroke-linejoin:round}',
  '.timeline .hollow{stroke:var(--quiet);stroke-width:1.4}',
  '.timeline .count{fill:var(--ink);stroke:var(--surface);stroke-width:1.5}',
  '.timeline .number{fill:var(--surface);font-size:9.5px;font-weight:700}',
].join('\n');
