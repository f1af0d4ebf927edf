/**
 * What the sandbox remembers: tables in memory, and a journal of one line per committed transaction, so that a kill -9
 * at any moment loses either all of a request or nothing of it.
 */
import {
  closeSync,
  existsSync,
  fstatSync,
  fsyncSync,
  ftruncateSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

export interface Row {
  id: string;
}

export interface Store<Tables> {
  find<T extends keyof Tables & string>(table: T, id: string): Tables[T] | undefined;
  /** Rows in the order in which they were first put. */
  all<T extends keyof Tables & string>(table: T): Tables[T][];
  /** Allowed inside {@link Store.transaction} only. */
  put<T extends keyof Tables & string>(table: T, row: Tables[T]): void;
  /** Allowed inside {@link Store.transaction} only. */
  remove(table: keyof Tables & string, id: string): void;
  /**
   * Runs the work and commits what it put, on disk too, before it returns. When the work throws, none of its changes
   * stay. A transaction inside another one is a part that can fail alone; the outermost commits.
   */
  transaction<R>(work: () => R): R;
  close(): void;
}

/** A row that is null was removed. */
type Change = [table: string, id: string, row: Row | null];

/** Within a transaction a removed row leaves null in its place, so that undoing it keeps the order. */
type Rows = Map<string, Row | null>;

interface StoreOptions {
  /** Absent: nothing outlives the process. */
  file?: string | undefined;
  /** Rows for which this is false are left out when the journal is rewritten at the start. */
  keep?: (table: string, row: Row) => boolean;
}

/** Opens the store, replaying and compacting its journal. @throws Error when a line other than the last is damaged. */
export function openStore<Tables extends { [T in keyof Tables]: Row }>(options: StoreOptions = {}): Store<Tables> {
  const tables = new Map<string, Rows>();
  const journal = options.file === undefined ? undefined : replay(options.file, tables, options.keep ?? (() => true));
  const undo: Change[] = [];
  let redo: Change[] = [];
  let depth = 0;

  function change(table: string, id: string, row: Row | null): void {
    if (depth === 0) throw new Error(`${table} ${id} was changed outside a transaction`);
    undo.push([table, id, tables.get(table)?.get(id) ?? null]);
    redo.push([table, id, row]);
    apply(tables, [table, id, row]);
  }

  function revertTo(undoMark: number, redoMark: number): void {
    for (const before of undo.slice(undoMark).toReversed()) apply(tables, before);
    redo = redo.slice(0, redoMark);
  }

  /** Everything touched stands in `undo`, also what was reverted. */
  function sweep(): void {
    for (const [table, id] of undo) if (tables.get(table)?.get(id) === null) tables.get(table)!.delete(id);
  }

  function transaction<R>(work: () => R): R {
    const marks = [undo.length, redo.length] as const;
    depth += 1;
    try {
      const result = work();
      if (depth === 1 && redo.length > 0) journal?.append(redo);
      return result;
    } catch (error) {
      revertTo(...marks);
      throw error;
    } finally {
      depth -= 1;
      if (depth === 0) {
        sweep();
        undo.length = 0;
        redo = [];
      }
    }
  }

  return {
    find: (table, id) => (tables.get(table)?.get(id) ?? undefined) as never,
    all: (table) => [...(tables.get(table)?.values() ?? [])].filter((row) => row !== null) as never,
    put: (table, row) => change(table, row.id, row),
    remove: (table, id) => change(table, id, null),
    transaction,
    close: () => journal?.close(),
  };
}

function apply(tables: Map<string, Rows>, [table, id, row]: Change): void {
  const rows = tables.get(table) ?? (new Map() as Rows);
  tables.set(table, rows);
  rows.set(id, row);
}

interface Journal {
  append(changes: Change[]): void;
  close(): void;
}

function replay(file: string, tables: Map<string, Rows>, keep: (table: string, row: Row) => boolean): Journal {
  mkdirSync(dirname(file), { recursive: true });
  if (existsSync(file)) for (const changes of readJournal(file)) changes.forEach((change) => apply(tables, change));
  for (const [table, rows] of tables) {
    for (const [id, row] of rows) if (row === null || !keep(table, row)) rows.delete(id);
  }
  compact(file, tables);
  const handle = openSync(file, 'a');
  return {
    append: (changes) => writeLine(handle, changes),
    close: () => closeSync(handle),
  };
}

function readJournal(file: string): Change[][] {
  const lines = readFileSync(file, 'utf8').split('\n');
  // A commit ends with a line break, so whatever follows the last one was never answered to anybody.
  lines.pop();
  return lines.map((line, index) => {
    try {
      return JSON.parse(line) as Change[];
    } catch (error) {
      throw new Error(`${file} is damaged at line ${index + 1}; move it away to begin anew`, { cause: error });
    }
  });
}

/** Rewrites the journal beside itself and swaps it in, so that a crash leaves the old one or the new one. */
function compact(file: string, tables: Map<string, Rows>): void {
  const fresh = `${file}.new`;
  const handle = openSync(fresh, 'w');
  for (const [table, rows] of tables) {
    for (const [id, row] of rows) writeAll(handle, `${JSON.stringify([[table, id, row]])}\n`);
  }
  fsyncSync(handle);
  closeSync(handle);
  renameSync(fresh, file);
  const folder = openSync(dirname(file), 'r');
  fsyncSync(folder);
  closeSync(folder);
}

/** A write that fails half-way (a full disk) is cut off again, or the next line would be torn too. */
function writeLine(handle: number, changes: Change[]): void {
  const before = fstatSync(handle).size;
  try {
    writeAll(handle, `${JSON.stringify(changes)}\n`);
    fsyncSync(handle);
  } catch (error) {
    ftruncateSync(handle, before);
    throw error;
  }
}

/** One write call may take less than it was given. */
function writeAll(handle: number, text: string): void {
  const bytes = Buffer.from(text);
  for (let done = 0; done < bytes.length;) done += writeSync(handle, bytes, done);
}
