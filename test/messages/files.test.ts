/** Texts are data: a language is added by a folder, and a mistake in one is told by file, line and field. */
import { cpSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadMessages, MissingMessageError } from '../../config/messages.ts';
import { renderMail } from '../../activities/message-text.ts';
import type { MessageName } from '../../src/core/effects.ts';
import { aMessage, messages } from './sample.ts';

let folder: string;
const shipped = join(import.meta.dirname, '../../config/messages');

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'holdfast-messages-'));
  cpSync(shipped, folder, { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

function edit(file: string, from: string, to: string): void {
  const text = readFileSync(join(folder, file), 'utf8');
  expect(text).toContain(from);
  writeFileSync(join(folder, file), text.replace(from, to));
}

describe('a language', () => {
  it('is added by its folder alone, with its own way to write a date', () => {
    cpSync(join(folder, 'en'), join(folder, 'ja'), { recursive: true });
    edit('ja/language.yaml', 'locale: en-GB', 'locale: ja');
    edit('ja/language.yaml', 'month: short', 'month: numeric');
    edit('ja/language.yaml', "'{weekday} {day} {month}'", "'{month}月{day}日（{weekday}）'");
    const message = loadMessages(folder).messageFor('ja-JP', 'payment-failed');
    expect(message.language).toBe('ja');
    expect(renderMail({ ...aMessage('payment-failed'), message, language: 'ja' }).text).toContain(
      'We try again: 12月2日（水）',
    );
  });

  it('that is not there is spoken without its region, else in English', () => {
    expect(messages.messageFor('en-GB', 'locked')).toBe(messages.messageFor('en', 'locked'));
    expect(messages.messageFor('tlh', 'locked').language).toBe('en');
  });

  it('may differ by region in some files only', () => {
    mkdirSync(join(folder, 'en-US'));
    cpSync(join(folder, 'en/locked.yaml'), join(folder, 'en-US/locked.yaml'));
    const found = loadMessages(folder);
    expect(found.messageFor('en-US', 'locked').language).toBe('en-US');
    expect(found.messageFor('en-US', 'farewell').language).toBe('en');
  });

  it('has no text for a message of another release, and says so', () => {
    expect(() => messages.messageFor('en-GB', 'card-expires' as MessageName)).toThrow(MissingMessageError);
  });
});

describe('a mistake is told with file, line and field', () => {
  it.each([
    [
      'a mistyped figure',
      'en/locked.yaml',
      '{ends}, {endsTime}',
      '{end}, {endsTime}',
      /^en\/locked\.yaml:20: rows\.3\.value\.0\.text: \{end\} is not known/,
    ],
    [
      'a brace left open',
      'en/locked.yaml',
      '{ends}, your',
      '{ends, your',
      /^en\/locked\.yaml:10: paragraphs\.4\.text: a brace/,
    ],
    [
      'a subject that may find no words',
      'en/locked.yaml',
      'subject: Your',
      'subject: On {ends} your',
      /^en\/locked\.yaml:2: subject: the last line must fit always/,
    ],
    [
      'a class of decline that does not exist',
      'en/locked.yaml',
      'authenticate',
      'autenticate',
      /^en\/locked\.yaml:25: sms\.0\.declined/,
    ],
    ['a field that nobody reads', 'en/locked.yaml', 'quiet:', 'quite:', /^en\/locked\.yaml:.*quite/s],
    [
      'an explanation left out',
      'en/language.yaml',
      '  update:',
      '  updat:',
      /^en\/language\.yaml:\d+: explain\.update/,
    ],
    [
      'a phrase that hides a figure',
      'en/language.yaml',
      '  greeting:',
      '  amount:',
      /^en\/language\.yaml:\d+: phrases\.amount: Invalid key/,
    ],
    [
      'a date without its month',
      'en/language.yaml',
      "day: '{weekday} {day} {month}'",
      "day: '{weekday} {day}'",
      /dates\.day: must name \{weekday\}, \{day\}, \{month\}/,
    ],
    ['broken YAML', 'en/locked.yaml', "label: '{toPayment}'", 'label: {toPayment', /^en\/locked\.yaml: .*line 1[34]/s],
  ])('%s', (_, file, from, to, told) => {
    edit(file, from, to);
    expect(() => loadMessages(folder)).toThrow(told);
  });

  it('a message without a text, and a text without a message', () => {
    renameSync(join(folder, 'en/thank-you.yaml'), join(folder, 'en/thanks.yaml'));
    expect(() => loadMessages(folder)).toThrow(
      'en/thanks.yaml: no message has this name, so nobody would ever read it\nen/thank-you.yaml: missing, a language needs every text',
    );
  });

  it('all of them at once', () => {
    edit('en/locked.yaml', 'quiet:', 'quite:');
    edit('en/farewell.yaml', '{ends}', '{and}');
    expect(() => loadMessages(folder)).toThrow(
      /en\/locked\.yaml[^]*en\/farewell\.yaml|en\/farewell\.yaml[^]*en\/locked\.yaml/,
    );
  });

  it('a folder without the default language', () => {
    renameSync(join(folder, 'en'), join(folder, 'it'));
    expect(() => loadMessages(folder)).toThrow('en: the default language has no folder');
  });
});
