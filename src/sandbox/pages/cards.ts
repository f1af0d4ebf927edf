/** The page that lists the bank's test cards. */
import { Router } from 'express';
import { CARDS, type TestCard, testCard } from '../bank.ts';
import { type Html, html } from './html.ts';
import { sendPage } from './layout.ts';

export function cardsRouter(): Router {
  const router = Router();
  router.get('/cards', (_req, res) => {
    sendPage(res, { title: 'Test cards', kind: 'list', body: cardsPage() });
  });
  return router;
}

function cardsPage(): Html {
  const own = (card: TestCard) => card.id.startsWith('pm_sandbox_');
  return html`
    <header class="top">
      <h1>Test cards</h1>
      <a href="/">Mailbox</a>
    </header>
    <p class="quiet">
      Use the id as a payment method, or type the number on a payment page with any future date and any security code.
    </p>
    <section class="stack">
      <h2>As at Stripe</h2>
      ${table(CARDS.filter((card) => !own(card)))}
    </section>
    <section class="stack">
      <h2>Of the sandbox only: saved cards that fail</h2>
      ${table([...CARDS.filter(own), { ...testCard('pm_sandbox_recovers_after_3_days')! }])}
      <p class="quiet small">Any number of days from 1 to 3650 may stand in place of the 3.</p>
    </section>
  `;
}

function table(cards: TestCard[]): Html {
  const rows = cards.map(
    (card) =>
      html`<tr>
        <td><code>${card.id}</code></td>
        <td class="num">
          ${card.number?.replace(/(\d{4})(?=\d)/g, '$1 ') ?? html`<span class="quiet">no number</span>`}
        </td>
        <td>${card.says}${!card.attaches && html` <span class="quiet">Cannot be saved for a customer.</span>`}</td>
      </tr>`,
  );
  return html`<div class="scroll">
    <table>
      <thead>
        <tr>
          <th scope="col">Payment method</th>
          <th scope="col">Number</th>
          <th scope="col">What it does</th>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>
  </div>`;
}
