/** HTML from templates: whatever is put in is escaped, unless it is HTML made here. */

export class Html {
  readonly source: string;

  constructor(source: string) {
    this.source = source;
  }
}

type Part = Html | string | number | undefined | null | false | Part[];

export function html(strings: TemplateStringsArray, ...parts: Part[]): Html {
  return new Html(strings.map((text, i) => text + (i < parts.length ? rendered(parts[i]) : '')).join(''));
}

function rendered(part: Part): string {
  if (part === undefined || part === null || part === false) return '';
  if (Array.isArray(part)) return part.map(rendered).join('');
  return part instanceof Html ? part.source : escaped(String(part));
}

function escaped(text: string): string {
  const names: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return text.replace(/[&<>"']/g, (one) => names[one]!);
}

/** Text with its web addresses made clickable. A full stop after an address is the sentence's. */
export function withLinks(text: string): Html {
  const parts = text.split(/(https?:\/\/[^\s<>"]+[^\s<>".,;:!?)\]])/);
  return new Html(
    parts
      .map((part, i) =>
        i % 2 === 0 ? escaped(part) : html`<a href="${part}" target="_blank" rel="noreferrer">${part}</a>`.source,
      )
      .join(''),
  );
}
