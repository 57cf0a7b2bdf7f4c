import { z } from 'zod';
import type { ProbeSample, Receiver, Sender, Slot } from '@/lib/topology/sample';

/** In every answer, whatever the version. */
const text = z.string().nullable();
/** A column that some versions lack. */
const textIfAny = z
  .string()
  .nullish()
  .transform((value) => value ?? null);

const senderShape = z
  .object({
    application_name: text,
    client_addr: text,
    state: text,
    sync_state: text,
    sent_lsn: text,
    write_lsn: text,
    flush_lsn: text,
    replay_lsn: text,
  })
  .transform(
    (row): Sender => ({
      applicationName: row.application_name ?? '',
      clientAddress: row.client_addr,
      state: row.state,
      syncState: row.sync_state,
      sentLsn: row.sent_lsn,
      writeLsn: row.write_lsn,
      flushLsn: row.flush_lsn,
      replayLsn: row.replay_lsn,
    }),
  );

const receiverShape = z
  .object({
    status: z.string().nullish(),
    received_tli: z.number().nullish(),
    sender_host: textIfAny,
    sender_port: z.number().nullish(),
    slot_name: textIfAny,
  })
  .transform(
    (row): Receiver => ({
      status: row.status ?? 'unknown',
      timeline: row.received_tli ?? null,
      senderHost: row.sender_host,
      senderPort: row.sender_port ?? null,
      slotName: row.slot_name,
    }),
  );

const slotShape = z
  .object({
    slot_name: z.string(),
    active: z.boolean().nullish(),
    restart_lsn: textIfAny,
    wal_status: textIfAny,
    safe_wal_size: z.number().nullish(),
  })
  .transform(
    (row): Slot => ({
      name: row.slot_name,
      active: row.active ?? false,
      restartLsn: row.restart_lsn,
      walStatus: row.wal_status,
      safeWalSize: row.safe_wal_size ?? null,
    }),
  );

const answerShape = z.object({
  recovering: z.boolean(),
  server_ms: z.number(),
  started_ms: z.number(),
  loaded_ms: z.number(),
  current_lsn: text,
  wal_file: text,
  sync_names: text,
  sync_waits: z.number().nullable(),
  receive_lsn: text,
  replay_lsn: text,
  pause_state: text,
  replayed_ms: z.number().nullable(),
  privileged: z.boolean(),
  senders: z.array(senderShape),
  receiver: receiverShape.nullable(),
  slots: z.array(slotShape),
});

export interface Connection {
  readonly serverVersion: number;
  readonly systemId: string | null;
}

/** The probe's row as a sample. Throws when the row has another shape than its statement gives. */
export function decodeSample(
  row: unknown,
  connection: Connection,
  timing: { readonly sentAt: number; readonly receivedAt: number },
): ProbeSample {
  const answer = answerShape.parse(row);
  const at = Math.round((timing.sentAt + timing.receivedAt) / 2);
  const base = {
    at,
    tookMs: timing.receivedAt - timing.sentAt,
    serverVersion: connection.serverVersion,
    systemId: connection.systemId,
    clockOffsetMs: Math.round(answer.server_ms - at),
    startedAt: Math.round(answer.started_ms),
    configLoadedAt: Math.round(answer.loaded_ms),
    privileged: answer.privileged,
    senders: answer.senders,
    slots: answer.slots,
  };
  if (answer.recovering) {
    return {
      ...base,
      inRecovery: true,
      receiveLsn: answer.receive_lsn,
      replayLsn: answer.replay_lsn,
      replayPause: pauseOf(answer.pause_state),
      // The view has a row of NULLs for whoever may not see it.
      receiver: answer.receiver && answer.receiver.status !== 'unknown' ? answer.receiver : null,
      lastReplayAt: answer.replayed_ms,
    };
  }
  if (answer.current_lsn === null) throw new Error('a primary answered without its position');
  return {
    ...base,
    inRecovery: false,
    currentLsn: answer.current_lsn,
    // The first eight hexadecimal digits of a WAL file's name are its timeline.
    timeline: answer.wal_file ? Number.parseInt(answer.wal_file.slice(0, 8), 16) : null,
    synchronousStandbyNames: answer.sync_names ?? '',
    syncWaits: answer.sync_waits,
  };
}

function pauseOf(state: string | null): 'running' | 'requested' | 'paused' {
  if (state === 'paused') return 'paused';
  return state === 'pause requested' ? 'requested' : 'running';
}
