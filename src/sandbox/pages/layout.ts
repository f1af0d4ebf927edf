/** The frame of every page: no script, no inline style, nothing from elsewhere. */
import { readFileSync } from 'node:fs';
import { type Response, Router } from 'express';
import { type Html, html } from './html.ts';

const STYLE = readFileSync(new URL('./sandbox.css', import.meta.url), 'utf8');
const POLICY =
  "default-src 'none'; style-src 'self'; img-src 'self' data:; frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

export function styleRouter(): Router {
  const router = Router();
  router.get('/sandbox.css', (_req, res) => void res.type('css').set('Cache-Control', 'no-cache').send(STYLE));
  return router;
}

/** Sends a whole page. `kind` is `page` for the customer's narrow column, `list` for the developer's wide one. */
export function sendPage(
  res: Response,
  page: { title: string; kind: 'page' | 'list'; body: Html; status?: number },
): void {
  const document = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${page.title}</title>
        <link rel="icon" href="data:," />
        <link rel="stylesheet" href="/sandbox.css" />
      </head>
      <body>
        <div class="${page.kind}">${page.body}</div>
      </body>
    </html>`;
  res
    .status(page.status ?? 200)
    .set({ 'Content-Security-Policy': POLICY, 'Referrer-Policy': 'no-referrer', 'Cache-Control': 'no-store' })
    .type('html')
    .send(document.source);
}
