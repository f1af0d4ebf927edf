/**
 * How PostgreSQL is started by root, which it refuses to run as.
 *
 * It runs as the owner of its data, or as `nobody` when root owns that. Such a user cannot enter a folder of root's with mode
 * 700 (root's home, a clone in `mktemp -d`), in which both the programs (node_modules) and the data lie. So it is given one
 * power of root's, to pass such folders: `setpriv` (util-linux, part of every common Linux) hands CAP_DAC_OVERRIDE down.
 * Root of a Docker container has that capability by default, while a user namespace (`unshare --user`) is forbidden there;
 * and unlike copying programs and data to a public folder it leaves the data where the data folder says.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { chownSync, statSync } from 'node:fs';
import { SetupError } from './setup-error.ts';

/** Turns a command of PostgreSQL into one that this user may run, and hands it the files it must own. */
export interface PostgresUser {
  wrap(program: string, args: readonly string[]): { command: string; args: string[]; uid?: number; gid?: number };
  own(path: string): void;
}

/** @param probe a program of PostgreSQL that answers `--version`: tells what this machine lets us do */
export function postgresUser(dataDir: string, probe: string): PostgresUser {
  if (process.getuid?.() !== 0) return { wrap: (command, args) => ({ command, args: [...args] }), own() {} };

  const { uid, gid } = ownerOf(dataDir) ?? nobody();
  const own = (path: string) => chownSync(path, uid, gid);
  const setpriv = [
    `--reuid=${uid}`,
    `--regid=${gid}`,
    '--clear-groups',
    '--inh-caps=+dac_override',
    '--ambient-caps=+dac_override',
    // access(2), by which PostgreSQL looks at its own program, asks without capabilities unless this is set.
    '--securebits=+no_setuid_fixup',
  ];
  if (spawnSync('setpriv', [...setpriv, probe, '--version']).status === 0) {
    return { own, wrap: (program, args) => ({ command: 'setpriv', args: [...setpriv, program, ...args] }) };
  }
  if (spawnSync(probe, ['--version'], { uid, gid }).status === 0) {
    return { own, wrap: (command, args) => ({ command, args: [...args], uid, gid }) };
  }
  throw new SetupError(
    `PostgreSQL does not run as root, and user ${uid} may not run ${probe}: ` +
      'install setpriv (package util-linux), start as another user, or move Holdfast to a folder that others may enter',
  );
}

function ownerOf(dataDir: string): { uid: number; gid: number } | undefined {
  const owner = statSync(dataDir, { throwIfNoEntry: false });
  return owner && owner.uid !== 0 ? owner : undefined;
}

function nobody(): { uid: number; gid: number } {
  const id = (which: string) => Number(execFileSync('id', [which, 'nobody'], { encoding: 'utf8' }));
  return { uid: id('-u'), gid: id('-g') };
}
