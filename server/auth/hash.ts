import { createHash } from 'node:crypto';

/** Of a secret that is random enough to need no salt. */
export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');
