import { createHash, createHmac } from 'node:crypto';
import { type Checkpoint, signedText } from '@/lib/audit/chain';

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('hex');

/** A signature by a key that the database does not have. */
export const signed = (text: string, key: Buffer): string =>
  createHmac('sha256', key).update(text).digest('hex');

export const signatureOf = (checkpoint: Omit<Checkpoint, 'signature'>, key: Buffer): string =>
  signed(signedText(checkpoint), key);
