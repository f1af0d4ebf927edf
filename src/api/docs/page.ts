/** The pages for people: the API's documentation, drawn by Swagger UI from our own files, and what each problem means. */
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import type { Router } from 'express';
import { isProblemType, problemTypes } from '../problem-types.ts';
import { Problem } from '../problems.ts';
import { address } from '../routing.ts';
import { openApiDocument } from './openapi.ts';

const assets = dirname(createRequire(import.meta.url).resolve('swagger-ui-dist/package.json'));
const assetNames = ['swagger-ui.css', 'swagger-ui-bundle.js', 'favicon-32x32.png'];

export function docsRoutes(router: Router): void {
  const document = openApiDocument();
  address(router, '/openapi.json', { get: (_req, res) => void res.json(document) });
  address(router, '/docs', { get: (_req, res) => void res.type('html').send(page) });
  address(router, '/docs/start.js', { get: (_req, res) => void res.type('js').send(start) });
  for (const name of assetNames)
    address(router, `/docs/${name}`, { get: (_req, res) => res.sendFile(join(assets, name), { maxAge: '1d' }) });
  address(router, '/problems/:type', {
    get: (req, res) => {
      const type = String(req.params['type']);
      if (!isProblemType(type)) throw new Problem('unknown-address', 'There is no such type of problem.');
      res.type('html').send(problemPage(type));
    },
  });
}

const page = html(
  'Holdfast API',
  '<link rel="stylesheet" href="/docs/swagger-ui.css"><link rel="icon" href="/docs/favicon-32x32.png">',
  `
  <div id="docs"></div>
  <script src="/docs/swagger-ui-bundle.js"></script>
  <script src="/docs/start.js"></script>`,
);

/** A file of its own, for the content security policy lets no inline script run. No validator: nothing is asked of other hosts. */
const start = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#docs', validatorUrl: null, deepLinking: true, defaultModelsExpandDepth: 0 });\n`;

function problemPage(type: keyof typeof problemTypes): string {
  const { title, status, advice } = problemTypes[type];
  return html(
    title,
    '',
    `<main><h1>${title}</h1><p><code>/problems/${type}</code>, status ${status}</p><p>${escaped(advice)}</p><p><a href="/docs">All of the API</a></p></main>`,
  );
}

function html(title: string, head: string, body: string): string {
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${title}</title>${head}</head><body>${body}</body></html>\n`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
