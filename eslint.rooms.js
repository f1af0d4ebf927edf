/** The rooms of the house: who may import what. One table, held as a lint rule; the test is test/house/rooms.test.ts. */
import { dirname, relative, resolve, sep } from 'node:path';

const root = import.meta.dirname;
const NODE = 'node:*';
const SQL = ['kysely', 'pg'];
const VENDOR_SDKS = ['stripe', 'postmark', 'twilio'];

/**
 * By folder, or by file where one differs from its folder. `values` may be imported as they are, `types` only by
 * `import type`; a room may always import from itself. A room without an entry is free.
 */
const rooms = {
  'src/core': { values: ['zod', 'temporal-polyfill', 'dinero.js'], types: [] },
  workflows: { values: ['@temporalio/workflow', '@temporalio/common'], types: ['src/core', 'activities'] },
  activities: {
    values: [
      ...['src/core', 'src/ledger', 'config', 'workflows/messages.ts'],
      ...['@temporalio/activity', '@temporalio/client', '@temporalio/common', NODE],
    ],
    types: SQL,
  },
  config: { values: ['src/core', 'zod', 'yaml', NODE], types: [] },
  'src/providers': { values: ['src/core', ...VENDOR_SDKS, 'zod', NODE], types: [] },
  // The stand-in must not lean on the code that it stands before: a mistake made on both sides would cancel out.
  'src/sandbox': { values: ['express', 'zod', NODE], types: ['src', 'config', 'stripe'] },
  'src/ledger': { values: ['src/core', ...SQL, NODE], types: [] },
  'src/api': {
    values: [
      ...['src/core', 'src/ledger', 'src/providers/index.ts', 'config', 'workflows/messages.ts'],
      ...['@temporalio/client', '@temporalio/common', 'express', 'helmet', 'pino', 'zod'],
      ...['@asteasolutions/zod-to-openapi', 'swagger-ui-dist', NODE],
    ],
    types: SQL,
  },
};

/** What composes a process takes from every room, but still speaks to banks and databases only through one. */
const composition = { 'src/embedded': VENDOR_SDKS, src: [...VENDOR_SDKS, ...SQL] };
const composers = ['src/api/main.ts'];

const rule = {
  meta: {
    type: 'problem',
    docs: { description: 'Keep every import within what its room may know.' },
    messages: {
      value: '{{room}} may not import {{what}}.',
      type: '{{room}} may import only types from {{what}}: write `import type`.',
    },
    schema: [],
  },
  create(context) {
    const file = relative(root, context.filename).split(sep).join('/');
    const verdict = composers.includes(file) ? verdictByBans(file) : (verdictByTable(file) ?? verdictByBans(file));
    if (!verdict) return {};
    const check = (node, source, isType) => {
      if (typeof source?.value !== 'string') return;
      const what = named(file, source.value);
      const messageId = verdict.of(what, isType);
      if (messageId) context.report({ node, messageId, data: { room: verdict.room, what } });
    };
    return {
      ImportDeclaration: (node) => check(node, node.source, isTypeOnly(node, node.importKind)),
      ExportNamedDeclaration: (node) => check(node, node.source, isTypeOnly(node, node.exportKind)),
      ExportAllDeclaration: (node) => check(node, node.source, node.exportKind === 'type'),
      ImportExpression: (node) => check(node, node.source, false),
      TSImportType: (node) => check(node, node.source ?? node.argument?.literal, true),
    };
  },
};

function verdictByTable(file) {
  const room = Object.keys(rooms).find((name) => within(file, name));
  if (!room) return undefined;
  const { values, types } = rooms[room];
  const allowed = (list, what) => list.some((name) => within(what, name));
  return {
    room,
    of: (what, isType) => {
      if (within(what, room) || allowed(values, what)) return undefined;
      if (allowed(types, what)) return isType ? undefined : 'type';
      return 'value';
    },
  };
}

function verdictByBans(file) {
  const room = Object.keys(composition).find((name) => within(file, name));
  if (!room) return undefined;
  const banned = (what) => composition[room].some((name) => within(what, name));
  return { room: file, of: (what, isType) => (banned(what) && !isType ? 'value' : undefined) };
}

/** An import as the table names it: a package by its name, a file of ours by its path from the root. */
function named(file, source) {
  if (!source.startsWith('.')) return source;
  return relative(root, resolve(root, dirname(file), source))
    .split(sep)
    .join('/');
}

function within(what, name) {
  if (name === NODE) return what.startsWith('node:');
  return what === name || what.startsWith(`${name}/`);
}

function isTypeOnly(node, kind) {
  const kinds = node.specifiers.map((each) => each.importKind ?? each.exportKind);
  return kind === 'type' || (kinds.length > 0 && kinds.every((each) => each === 'type'));
}

export const house = { meta: { name: 'house' }, rules: { rooms: rule } };

const noClock = 'decide() is given the time: a rule that reads the clock cannot be replayed, rehearsed or tested.';

/** Lint configuration of the rooms, without types: quick enough to try snippets against. */
export const roomRules = [
  {
    name: 'house/rooms',
    files: ['src/**/*.ts', 'workflows/**/*.ts', 'activities/**/*.ts', 'config/**/*.ts'],
    plugins: { house },
    rules: { 'house/rooms': 'error' },
  },
  {
    name: 'house/pure-core',
    files: ['src/core/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', 'process', 'fetch', 'console', 'setTimeout', 'setInterval', 'crypto'],
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: noClock },
        { object: 'Temporal', property: 'Now', message: noClock },
        { object: 'Math', property: 'random', message: 'Chance must be repeatable: derive it from the state.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: "NewExpression[callee.name='Date'][arguments.length=0]", message: noClock },
      ],
    },
  },
];
