import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { anchorFolder } from '@/lib/audit/anchor';
import {
  type AuditAction,
  type AuditIntent,
  byHowdah,
  intentEntry,
  type Json,
  textOf,
} from '@/lib/audit/entry';
import type { AuditView } from '@/lib/audit/view';
import { PostgresAuditChain } from './adapters/store/audit-chain';
import { PostgresAuditReader } from './adapters/store/audit-reader';
import type { Database } from './adapters/store/database';
import { FolderSpool } from './adapters/store/spool';
import { ChainAnchor } from './audit/anchor';
import { StandingBreaks } from './audit/breaks';
import { AuditRetention } from './audit/retention';
import { AuditTrail } from './audit/trail';
import { systemClock } from './clock';
import type { StoreConfig } from './config';
import type { Audit, AuditReader, ListingAccess, WaitingEntry } from './ports';
import { keyFor } from './secret';

export interface AuditParts {
  readonly config: NonNullable<StoreConfig>;
  readonly secret: string;
  readonly database: Database;
  /** Where anchors are: ZooKeeper, and Howdah's own folder in it. */
  readonly access: () => ListingAccess;
  readonly root: string;
  /** Whether ZooKeeper knows us by a digest there. */
  readonly known: boolean;
  readonly onState: () => void;
  readonly onError: (error: unknown) => void;
}

export interface KeptAudit extends Audit, AuditReader {
  /** The store's folder is ours. */
  open(): Promise<void>;
  storeIsReady(): void;
  close(): Promise<void>;
}

/** Joins the parts that keep the audit. */
export function createAudit(parts: AuditParts): KeptAudit {
  const { config, secret, database, access, root, known, onState, onError } = parts;
  const clock = systemClock;
  const chain = new PostgresAuditChain(database, keyFor(secret, 'audit checkpoints'));
  const reader = new PostgresAuditReader(database);
  /** An act of Howdah's own that is nothing but its telling. */
  const told = (
    action: AuditAction,
    says: string,
    { reason = null, ...detail }: { reason?: string | null; [part: string]: Json | undefined },
  ) => {
    const of = { id: randomUUID(), at: clock.now() };
    const intent: AuditIntent = {
      ...{ ...of, actor: byHowdah, role: null, from: null, action, cluster: null },
      ...{ decidedOn: null, reason, detail },
    };
    return { intent, outcome: { ...of, result: 'done', says, cost: null } as const };
  };
  const trail: AuditTrail = new AuditTrail({
    ...{ clock, chain, onState, onError },
    onAppended: () => anchor.note(),
  });
  const anchor = new ChainAnchor({
    ...{ clock, chain, access, known, onState, onError },
    folder: anchorFolder(root),
    onBegun: ({ seq }, lost) => {
      const says = `The audit is anchored in ZooKeeper, from row ${seq} on.`;
      const { intent, outcome } = told('anchor-begun', says, { seq, lost: lost ?? undefined });
      void trail.note(intent, outcome);
      if (lost === null) return;
      const broken = told('chain-broken', lost, { reason: lost, last: 0 });
      void trail.note(broken.intent, broken.outcome).then(() => breaks.renew());
    },
    onBroken: async (head, says) => {
      const { intent, outcome } = told('chain-broken', says, { reason: says, last: head.seq });
      if (await chain.beginAnew(head, textOf(intentEntry(intent)))) await trail.end(outcome);
      breaks.renew();
    },
  });
  const breaks = new StandingBreaks({ clock, chain, onState, onError });
  const retention = new AuditRetention({
    ...{ clock, chain, audit: trail, keepMs: config.keepAuditMs, onError },
    mine: () => database.writable,
    onCut: () => anchor.note(),
  });
  return {
    begin: (intent) => trail.begin(intent),
    end: (outcome) => trail.end(outcome),
    note: (intent, outcome) => trail.note(intent, outcome),
    page: (query, sight) => reader.page(query, sight),
    get view(): AuditView {
      const { trouble, ...anchored } = anchor.view;
      const { view } = trail;
      const all = [...breaks.trouble, ...view.trouble, ...trouble, ...retention.trouble];
      return { ...view, ...anchored, trouble: all };
    },
    open: async () => {
      const folder = join(config.folder, 'audit-spool');
      trail.start(await FolderSpool.open<WaitingEntry>(folder, Number.POSITIVE_INFINITY));
    },
    storeIsReady: () => {
      trail.storeIsReady();
      anchor.note();
      breaks.renew();
      retention.start();
    },
    close: async () => {
      retention.close();
      breaks.close();
      await trail.close();
      await anchor.close();
    },
  };
}
