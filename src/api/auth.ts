/** Lets in who shows an API key. */
import { createHash, timingSafeEqual } from 'node:crypto';
import type { RequestHandler } from 'express';
import { Problem } from './problems.ts';

/** @param keys all keys that are let in; none of them is let in when there are none. */
export function requireKey(keys: readonly string[]): RequestHandler {
  const known = keys.map(digest);
  return (req, _res, next) => {
    const shown = /^Bearer +(\S+) *$/i.exec(req.get('authorization') ?? '')?.[1];
    if (shown === undefined || !matches(known, digest(shown))) {
      const detail =
        shown === undefined ? 'No key was sent: send "Authorization: Bearer <key>".' : 'This key is not known.';
      throw new Problem('missing-key', detail, { headers: { 'WWW-Authenticate': 'Bearer realm="holdfast"' } });
    }
    next();
  };
}

/** Digests are all of one length, and every one is compared, so the time taken tells nothing about a key. */
function matches(known: Buffer[], shown: Buffer): boolean {
  return known.reduce((found, key) => timingSafeEqual(key, shown) || found, false);
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
