/** The texts that customers read, by language: loaded once at start, checked line by line, then only looked up. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { MessageName } from '../src/core/effects.ts';
import { messageSchema, wordingSchema, type MessageText, type Wording } from './message-schema.ts';
import { ConfigError, parseYaml } from './yaml-file.ts';

/** Spoken where a customer's own language is not. */
export const DEFAULT_LANGUAGE = 'en';

const everyMessage: Record<MessageName, true> = {
  'renewal-reminder': true,
  'payment-failed': true,
  'retry-failed': true,
  'access-ends-soon': true,
  locked: true,
  'thank-you': true,
  farewell: true,
};
export const messageNames = Object.keys(everyMessage) as MessageName[];

/** The texts of one message in one language, with the wording that goes with them. */
export interface Message extends MessageText {
  name: MessageName;
  /** The language of the texts, which may be a fallback from the one that was asked for. */
  language: string;
  wording: Wording;
}

export interface Messages {
  /** The languages and regions that have a folder. */
  languages: string[];
  /**
   * The message in a language (BCP 47), else in that language without its region, else in the default language.
   * @throws MissingMessageError when none of them has it
   */
  messageFor(language: string, name: MessageName): Message;
}

/** A message that has no text: asked for by a decision of another release than this one. */
export class MissingMessageError extends Error {
  override name = 'MissingMessageError';

  constructor(name: string, languages: string[]) {
    super(
      `There is no text for the message "${name}" in ${languages.join(', ')}; it belongs in config/messages/${languages[0]}/${name}.yaml.`,
    );
  }
}

/**
 * Reads every folder of texts. A language (`it`) has every message; the folder of a region (`en-US`) has only the files
 * that differ from its language.
 * @throws ConfigError with everything that is wrong, by file, line and field
 */
export function loadMessages(folder: string = join(import.meta.dirname, 'messages')): Messages {
  const languages = new Map<string, Language>();
  const problems: string[] = [];
  const tags = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  // In order of name a language comes before its regions, which build on it.
  for (const tag of tags.map(({ name }) => name).sort()) {
    const base = lessAndLessExact(tag).find((known) => languages.has(known));
    languages.set(tag, readLanguage(folder, tag, base === undefined ? undefined : languages.get(base), problems));
  }
  if (!languages.has(DEFAULT_LANGUAGE)) problems.push(`${DEFAULT_LANGUAGE}: the default language has no folder`);
  if (problems.length > 0) throw new ConfigError(problems.join('\n'));
  return {
    languages: [...languages.keys()],
    messageFor(language, name) {
      const tries = [...lessAndLessExact(language), DEFAULT_LANGUAGE];
      const message = tries.map((tag) => languages.get(tag)?.messages.get(name)).find(Boolean);
      if (!message) throw new MissingMessageError(name, tries);
      return message;
    },
  };
}

interface Language {
  wording?: Wording | undefined;
  messages: Map<string, Message>;
}

function readLanguage(folder: string, tag: string, base: Language | undefined, problems: string[]): Language {
  const read = <S extends z.ZodType>(name: string, schema: S): z.infer<S> | undefined => {
    const file = `${tag}/${name}.yaml`;
    const path = join(folder, file);
    if (existsSync(path)) return collecting(problems, () => parseYaml(readFileSync(path, 'utf8'), file, schema));
    if (!base) problems.push(`${file}: missing, a language needs every text`);
    return undefined;
  };
  const known = ['language', ...messageNames].map((name) => `${name}.yaml`);
  for (const file of readdirSync(join(folder, tag)).filter((name) => !known.includes(name))) {
    problems.push(`${tag}/${file}: no message has this name, so nobody would ever read it`);
  }
  // The phrases come first: what may be named in a text depends on them.
  const phrases = read('language', z.looseObject({ phrases: z.record(z.string(), z.unknown()) }))?.phrases;
  const wording = phrases ? read('language', wordingSchema(Object.keys(phrases))) : base?.wording;
  const messages = new Map<string, Message>();
  if (!wording) return { messages };
  const schema = messageSchema(wording);
  for (const name of messageNames) {
    const text = read(name, schema);
    if (text) messages.set(name, { ...text, name, language: tag, wording });
  }
  return { wording, messages };
}

/** So that one start tells all that is wrong, and not one file a start. */
function collecting<T>(problems: string[], read: () => T): T | undefined {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    problems.push(error.message);
    return undefined;
  }
}

/** `en-GB` → `en-GB`, `en`. */
function lessAndLessExact(language: string): string[] {
  const parts = language.split('-');
  return parts.map((_, dropped) => parts.slice(0, parts.length - dropped).join('-'));
}
