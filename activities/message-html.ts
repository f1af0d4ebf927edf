/**
 * The shape of a mail: narrow, one button, a small table of facts. Tables and inline styles, because mail clients drop
 * what they do not know; the style element carries only what may be lost: dark mode and small screens.
 */
import type { MailContent } from './message-text.ts';

const font = `-apple-system,'Segoe UI',Inter,Helvetica,Arial,sans-serif`;
const ink = '#1b2321';
const quiet = '#56615d';
const line = '#e3e0d6';
const paper = '#f1efe8';
const holdfastGreen = '#0b6b5d';

const lateStyles = `
:root{color-scheme:light dark;supported-color-schemes:light dark}
@media (max-width:480px){.outer{padding:12px 8px!important}.sheet{padding:24px 20px 28px!important}.button,.button a{width:100%!important;box-sizing:border-box;text-align:center}}
@media (prefers-color-scheme:dark){body,.paper{background:#0c1110!important}.card{background:#19201f!important;border-color:#2b3533!important}
.ink{color:#e9eeeb!important}.quiet,.quiet a{color:#a3b0ab!important}.rule{border-color:#2b3533!important}.button a{border-color:#a3b0ab!important}}`;

// Without it an inbox fills up its preview with the first words of the mail, which repeat the subject.
const previewEnd = '&#847;&zwnj;&nbsp;'.repeat(60);

/** A whole HTML document. Every word in it is escaped here, and only here. */
export function mailPage(content: MailContent): string {
  const { company, heading, paragraphs, footer } = content;
  return `<!doctype html>
<html lang="${escape(content.language)}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="supported-color-schemes" content="light dark">
<title>${escape(content.subject)}</title>
<style>${lateStyles}
</style>
</head>
<body style="margin:0;padding:0;background:${paper};font:16px/1.55 ${font};color:${ink};-webkit-text-size-adjust:100%">
<div style="display:none;max-height:0;overflow:hidden">${escape(content.preheader)}${previewEnd}</div>
<table role="presentation" class="paper" width="100%" cellpadding="0" cellspacing="0" style="background:${paper}"><tr><td class="outer" align="center" style="padding:32px 12px">
<table role="presentation" class="card" width="560" cellpadding="0" cellspacing="0" style="width:100%;max-width:560px;background:#ffffff;border:1px solid ${line};border-radius:12px"><tr><td class="sheet ink" style="padding:28px 36px 36px;font:16px/1.55 ${font};color:${ink};text-align:left;overflow-wrap:anywhere">
<p style="margin:0 0 24px;font-weight:600">${escape(company.name)}</p>
<h1 style="margin:0 0 14px;font-size:23px;line-height:1.3;font-weight:600;letter-spacing:-.01em">${escape(heading)}</h1>
${paragraphs.map((text) => `<p style="margin:0 0 14px">${escape(text)}</p>`).join('\n')}
${button(content)}
${factTable(content)}
${content.quiet.map((text) => `<p class="quiet" style="margin:22px 0 0;font-size:14px;color:${quiet}">${escape(text)}</p>`).join('\n')}
</td></tr></table>
<p class="quiet" style="max-width:560px;margin:18px 0 0;font:12.5px/1.55 ${font};color:${quiet}">${sender(content)}<br>${escape(footer)}</p>
</td></tr></table>
</body>
</html>
`;
}

function button({ button, company }: MailContent): string {
  if (!button) return '';
  const accent = company.accent && /^#[0-9a-f]{6}$/i.test(company.accent) ? company.accent : holdfastGreen;
  const label = `display:block;padding:13px 22px;border:1px solid ${accent};border-radius:8px;color:${readableOn(accent)};font-weight:600;text-decoration:none`;
  return `<table role="presentation" class="button" cellpadding="0" cellspacing="0" style="margin:22px 0 0"><tr><td bgcolor="${accent}" style="background:${accent};border-radius:8px"><a href="${escape(button.url)}" style="${label}">${escape(button.label)}</a></td></tr></table>`;
}

function factTable({ rows }: MailContent): string {
  if (rows.length === 0) return '';
  const cell = `padding:11px 0;border-top:1px solid ${line};vertical-align:top`;
  const facts = rows.map(
    ({ label, value }) =>
      `<tr><td class="rule quiet" style="${cell};padding-right:16px;color:${quiet}">${escape(label)}</td><td class="rule" align="right" style="${cell};font-weight:600;font-variant-numeric:tabular-nums">${escape(value)}</td></tr>`,
  );
  return `<table width="100%" cellpadding="0" cellspacing="0" style="margin:26px 0 0;font-size:16px">\n${facts.join('\n')}\n</table>`;
}

function sender({ company }: MailContent): string {
  const mailbox = `<a href="mailto:${escape(company.replyTo)}" style="color:${quiet}">${escape(company.replyTo)}</a>`;
  return [escape(company.name), company.address && escape(company.address), mailbox].filter(Boolean).join(' · ');
}

function escape(text: string): string {
  return text.replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
}

/** White or black, whichever reads better; one of them always has the contrast of 4.5 that WCAG 2.2 asks for (1.4.3). */
function readableOn(colour: string): string {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  return 1.05 / (luminance + 0.05) >= 4.5 ? '#ffffff' : '#000000';
}
