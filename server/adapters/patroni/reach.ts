import { Agent, request } from 'undici';
import { z } from 'zod';
import type { Reached } from '@/lib/operations/preflight';
import type { PatroniSettings } from '@/server/ports';
import { connector, placeOf } from './rest';

/** Patroni gives a candidate as long. */
const REACH_MS = 2000;
const MOST_BYTES = 64 * 1024;

const shape = z.looseObject({
  timeline: z.number().int().optional(),
  watchdog_failed: z.boolean().optional(),
  xlog: z
    .looseObject({
      location: z.number().optional(),
      received_location: z.number().optional(),
      replayed_location: z.number().optional(),
    })
    .optional(),
});

/** `GET /patroni`: what Patroni asks of a candidate. It needs no password, so none is sent. */
export async function reach(apiUrl: string, settings: PatroniSettings): Promise<Reached> {
  const startedAt = performance.now();
  const place = await placeOf(apiUrl, settings, REACH_MS);
  if ('why' in place) return { is: 'unreachable', why: place.why };
  const leftMs = Math.max(1, Math.round(REACH_MS - (performance.now() - startedAt)));
  const agent = new Agent({ connect: connector(place, settings, leftMs) });
  try {
    const answer = await request(`${place.origin}/patroni`, {
      dispatcher: agent,
      headers: { host: place.host },
      signal: AbortSignal.timeout(leftMs),
    });
    const text = await answer.body.text();
    const read = shape.safeParse(JSON.parse(text.slice(0, MOST_BYTES)));
    if (!read.success) return { is: 'unreachable', why: 'its answer is not Patroni’s' };
    const { xlog, timeline, watchdog_failed } = read.data;
    const known = [xlog?.location, xlog?.received_location, xlog?.replayed_location].filter(
      (one) => one !== undefined,
    );
    return {
      is: 'ok',
      position: known.length === 0 ? null : BigInt(Math.max(...known)),
      timeline: timeline ?? null,
      watchdogFailed: watchdog_failed ?? false,
    };
  } catch (error) {
    const { name, message } = error as Error;
    const why = name === 'TimeoutError' ? 'no answer within 2 s' : message || name;
    return { is: 'unreachable', why };
  } finally {
    void agent.destroy().catch(() => {});
  }
}
