/** The two things that every part of the picture writes: texts, and figures that are short enough to read. */

export function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${tenth(x)}" y="${y}"${attributes && ` ${attributes}`}>${xml(content)}</text>`;
}

export function tenth(value: number): number {
  return Math.round(value * 10) / 10;
}

export function xml(content: string): string {
  return content.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
