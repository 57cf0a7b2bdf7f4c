import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { acknowledgedDetail, acknowledgedText } from '@/lib/audit/breaks';
import { type Verdict, verdictInWords } from '@/lib/audit/verdict';
import { signed } from '../adapters/store/audit-hash';
import { verifyAudit } from '../adapters/store/audit-verify';
import { measureSpool } from '../adapters/store/spool';
import { ConfigError, loadSecretConfig, loadStoreConfig } from '../config';
import { findSecret, keyFor } from '../secret';
import { readAnchors } from './anchors';
import { CommandFailure } from './errors';
import { showRows } from './progress';
import { type Reached, withStore } from './reach-store';
import { bringUpToDate, recorder } from './recorded';

const say = (line: string) => {
  process.stdout.write(`${line}\n`);
};

/** `audit verify` */
export async function verify(withoutAnchor: boolean): Promise<void> {
  const store = loadStoreConfig(process.env);
  const key = keyIfKnown();
  // Before the rows: by then they are at least as far as that.
  const found = withoutAnchor ? null : await readAnchors();
  const verdict = await withStore(store, 'read', ({ client }) => judged(client, { key, found }));
  for (const line of verdictInWords(verdict)) say(line);
  const { files } = await measureSpool(join(store?.folder ?? '', 'audit-spool'));
  if (files > 0) say(`${files} more wait on disk to be put into it.`);
  const { length } = verdict.findings;
  if (length > 0) throw new CommandFailure(`Found wrong: ${length}`);
}

/**
 * `audit acknowledge`: that what is broken comes of something that is known, such as an older backup
 * that was restored. It is an act itself, signed with the secret, and covers what is broken now.
 */
export async function acknowledge(reason: string): Promise<void> {
  const key = keyIfKnown();
  if (key === null) throw new CommandFailure("It takes Howdah's secret to acknowledge a break");
  const found = await readAnchors();
  await withStore(loadStoreConfig(process.env), 'tidy', async (reached) => {
    await expectAudit(reached.client);
    await bringUpToDate(reached);
    const { breaks, findings, upto } = await judged(reached.client, { key, found });
    const current = upto?.chain ?? '';
    if (breaks.some((one) => one.key.startsWith(`anchor ${current} `))) {
      throw new CommandFailure(
        'The chain is yet to be begun anew, which Howdah does once it runs: acknowledge it after that',
      );
    }
    if (breaks.length === 0) {
      throw new CommandFailure('There is no break of the chain that could be acknowledged');
    }
    const [id, at] = [randomUUID(), Date.now()];
    const keys = breaks.map((one) => one.key);
    const detail = acknowledgedDetail(breaks, signed(acknowledgedText(id, at, keys), key));
    const act = { id, at, action: 'break-acknowledged', reason, detail } as const;
    await recorder(reached.client)([act], async () => {});
    for (const { says } of breaks) say(`Acknowledged: ${says}`);
    const left = findings.length - breaks.length;
    if (left > 0) {
      throw new CommandFailure(`What else is wrong can't be acknowledged (${left}): verify it`);
    }
  });
}

type Found = Awaited<ReturnType<typeof readAnchors>>;

async function judged(
  client: Reached['client'],
  { key, found }: { readonly key: Buffer | null; readonly found: Found | null },
): Promise<Verdict> {
  await expectAudit(client);
  const progress = showRows('Verifying');
  const anchors = found?.anchors ?? null;
  const verdict = await verifyAudit(client, { key, anchors, onProgress: progress.note }).finally(
    progress.end,
  );
  return {
    ...verdict,
    findings: [...verdict.findings, ...(found?.findings ?? [])],
    doubts: [...verdict.doubts, ...(found?.doubts ?? [])],
  };
}

/** Who verifies need not have the secret: then nothing is said of signatures. */
function keyIfKnown(): Buffer | null {
  const secret = loadSecretConfig(process.env);
  try {
    const known = findSecret({ secret });
    return known === null ? null : keyFor(known, 'audit checkpoints');
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    say(error.message);
    return null;
  }
}

export async function expectAudit(client: Reached['client']): Promise<void> {
  const { rows } = await client.query(`select to_regclass('howdah.audit') is not null as there`);
  if (rows[0]?.there !== true) throw new CommandFailure('There is no audit in the store yet');
}
