/** Reads a YAML file of ours through a schema; what is wrong is told with file, line and field. */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { LineCounter, parseDocument, type Document } from 'yaml';
import { type z } from 'zod';

/** A configuration file that cannot be used, with every problem on a line of its own. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** @throws ConfigError naming file, line and field. */
export function readYaml<S extends z.ZodType>(file: string, schema: S): z.infer<S> {
  return parseYaml(readFileSync(file, 'utf8'), basename(file), schema);
}

/** Like {@link readYaml} for text that is already read; `name` stands for the file in errors. */
export function parseYaml<S extends z.ZodType>(text: string, name: string, schema: S): z.infer<S> {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines });
  const broken = document.errors[0];
  if (broken) throw new ConfigError(`${name}: ${broken.message}`);
  const parsed = schema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map(
    ({ path, message }) => `${name}:${lineOf(document, path, lines)}: ${path.join('.') || 'the file'}: ${message}`,
  );
  throw new ConfigError(problems.join('\n'));
}

/** The line of the field, or of the nearest thing around it that is there. */
function lineOf(document: Document, path: PropertyKey[], lines: LineCounter): number {
  for (let depth = path.length; depth > 0; depth -= 1) {
    const node: unknown = document.getIn(path.slice(0, depth), true);
    if (node !== null && typeof node === 'object' && 'range' in node && Array.isArray(node.range)) {
      return lines.linePos(Number(node.range[0])).line;
    }
  }
  return 1;
}
