/** The examples: of the shapes that Stripe returns today, and taken by the API. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { Temporal } from 'temporal-polyfill';
import ts from 'typescript';
import { enrolmentOf } from '../../examples/enrol.ts';
import { enrolment } from '../../src/api/schemas/enrolment.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = (name: string) => readFileSync(`${root}examples/stripe/${name}.json`, 'utf8');

/** What the compiler says when the files are written down as literals of the SDK's own types. */
function complaints(names: Record<string, string>): string[] {
  const file = `${root}test/api/stripe-examples.virtual.ts`;
  const literals = Object.entries(names).map(
    ([name, type]) => `export const ${name}: Stripe.${type} = ${literal(read(name))};`,
  );
  const source = [`import type Stripe from 'stripe';`, ...literals].join('\n');
  const options: ts.CompilerOptions = {
    strict: true,
    noEmit: true,
    skipLibCheck: true,
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2023,
    types: ['node'],
    // Found from here, whatever folder the tests are started in.
    typeRoots: [`${root}node_modules/@types`],
  };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists, readFile } = host;
  host.getSourceFile = (name, ...rest) =>
    name === file ? ts.createSourceFile(name, source, ts.ScriptTarget.ES2023) : getSourceFile(name, ...rest);
  host.fileExists = (name) => name === file || fileExists(name);
  host.readFile = (name) => (name === file ? source : readFile(name));
  const program = ts.createProgram([file], options, host);
  const checked = program.getSourceFile(file);
  return [...program.getSyntacticDiagnostics(checked), ...program.getSemanticDiagnostics(checked)].map(
    ({ messageText }) => ts.flattenDiagnosticMessageText(messageText, '\n'),
  );
}

/** Decimals travel as text and become objects in the SDK, which a literal cannot be. */
function literal(json: string): string {
  return json.replace(/("\w+_decimal": )("[^"]*")/g, '$1($2 as never)');
}

describe('the examples of Stripe’s objects', () => {
  it('have every field that the library’s types know, and no other', () => {
    expect(complaints({ customer: 'Customer', subscription: 'Subscription', invoice: 'Invoice' })).toEqual([]);
  }, 60_000);

  it('make an enrolment that the API takes', () => {
    const today = Temporal.PlainDate.from('2026-11-24');
    const asked = enrolmentOf(
      JSON.parse(read('customer')),
      JSON.parse(read('subscription')),
      JSON.parse(read('invoice')),
      today,
    );
    expect(enrolment.parse(asked)).toMatchObject({
      renewsOn: '2026-12-15',
      plan: { amountMinor: 4900, currency: 'EUR' },
      billing: { paymentMethod: 'pm_1TkQ5cKZ6qsJgndJ4mXvN2pL' },
    });
  });

  it('are moved on to the next renewal in later years', () => {
    const asked = enrolmentOf(
      JSON.parse(read('customer')),
      JSON.parse(read('subscription')),
      JSON.parse(read('invoice')),
      Temporal.PlainDate.from('2028-02-15'),
    );
    expect(asked.renewsOn).toBe('2028-03-15');
  });
});
