import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Failure } from '@/lib/errors';

const MOST_BYTES = 8 * 1024;

/** The JSON of a small request. Throws `bad-input` for what is larger, no JSON, or of another shape. */
export async function readJson<T extends z.ZodType>(
  request: IncomingMessage,
  shape: T,
): Promise<z.output<T>> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > MOST_BYTES) throw new Failure('bad-input', 'That is more than is read here.');
    parts.push(part);
  }
  let parsed: unknown;
  try {
    parsed = JSON.parse(Buffer.concat(parts).toString('utf8'));
  } catch {
    throw new Failure('bad-input', 'That is not JSON.');
  }
  const result = shape.safeParse(parsed);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  throw new Failure('bad-input', `${issue?.path.join('.') || 'It'}: ${issue?.message}.`);
}
