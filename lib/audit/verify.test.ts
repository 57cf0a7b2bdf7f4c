import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { acknowledgedDetail, acknowledgedText } from './breaks';
import { type Anchor, type ChainRow, type Checkpoint, linked, signedText } from './chain';
import { verdictInWords } from './verdict';
import { Verifier, type VerifierOptions } from './verify';

const hashOf = (text: string) => createHash('sha256').update(text).digest('hex');
const signatureOf = (text: string) => hashOf(`secret ${text}`);
const sign = (checkpoint: Omit<Checkpoint, 'signature'>): Checkpoint => ({
  ...checkpoint,
  signature: signatureOf(signedText(checkpoint)),
});
const HERE = '0b0e5a5e-3a6f-4a52-8a55-5a1c0e6f7d01';
const ELSEWHERE = 'ffffffff-3a6f-4a52-8a55-5a1c0e6f7d01';

interface Kept {
  readonly rows: readonly ChainRow[];
  readonly checkpoints: readonly Checkpoint[];
  readonly anchors: readonly Anchor[];
}

function verify({ rows, ...kept }: Kept, options: Partial<VerifierOptions> = {}) {
  const verifier = new Verifier({ hashOf, sign: signatureOf, store: HERE, ...kept, ...options });
  for (const row of rows) verifier.take(row);
  return verifier.end();
}

const entry = (n: number) => JSON.stringify({ kind: 'intent', n, says: `row "${n}"\n` });

/** A chain of so many rows, of which retention has removed some, and which is anchored up to a row. */
function chainOf(count: number, cuts: readonly number[], anchoredAt: number): Kept {
  const entries = Array.from({ length: count }, (_, n) => entry(n + 1));
  const all = linked(null, entries, { chain: 'a', hashOf });
  const at = (seq: number) => all[seq - 1] as ChainRow;
  const ends = [...new Set(cuts)].filter((upto) => upto > 0).sort((a, b) => a - b);
  const checkpoints = ends.map((upto, n) =>
    sign({ chain: 'a', upto, hash: at(upto).hash, removed: upto - (ends[n - 1] ?? 0), at: 5 }),
  );
  const anchors =
    anchoredAt === 0
      ? []
      : [{ chain: 'a', seq: anchoredAt, hash: at(anchoredAt).hash, at: 7, store: HERE }];
  return { rows: all.slice(ends.at(-1) ?? 0), checkpoints, anchors };
}

const chains = fc
  .record({ count: fc.integer({ min: 1, max: 40 }) })
  .chain(({ count }) =>
    fc.record({
      count: fc.constant(count),
      cuts: fc.array(fc.integer({ min: 0, max: count }), { maxLength: 4 }),
      anchored: fc.integer({ min: 0, max: count }),
    }),
  )
  .map(({ count, cuts, anchored }) => chainOf(count, cuts, anchored));

describe('a chain that nobody has touched', () => {
  test('is whole, whatever retention has removed and however far it is anchored', () => {
    fc.assert(
      fc.property(chains, (kept) => {
        const { findings, rows, upto } = verify(kept);
        expect(findings).toEqual([]);
        expect(rows).toBe(kept.rows.length);
        expect(upto?.seq).toBe(kept.rows.at(-1)?.seq);
      }),
    );
  });

  test('is whole though the anchor of another store stands beside its own', () => {
    const kept = chainOf(5, [], 5);
    const other = { chain: 'b', seq: 9, hash: 'x', at: 1, store: ELSEWHERE };
    expect(verify({ ...kept, anchors: [...kept.anchors, other] }).findings).toEqual([]);
  });

  test('is told in words', () => {
    const words = (kept: Kept) => verdictInWords(verify(kept))[0];
    expect(words(chainOf(9, [2, 4], 8))).toBe(
      'The audit is whole: 5 rows, from 5 to 9, 4 rows before them removed by age; anchored up to 8 at 1970-01-01T00:00:00.007Z, 1 row not anchored yet.',
    );
    expect(words(chainOf(0, [], 0))).toBe('The audit is whole: no rows.');
  });
});

/** Chains of which every row that is there is anchored, or followed by one that is. */
const anchoredChains = fc
  .record({
    count: fc.integer({ min: 3, max: 40 }),
    cut: fc.integer({ min: 0, max: 2 }),
    place: fc.nat(),
    other: fc.nat(),
  })
  .map(({ count, cut, place, other }) => {
    const kept = chainOf(count, cut > 0 ? [cut] : [], count);
    return { kept, at: place % kept.rows.length, other: other % kept.rows.length };
  });
const found = (kept: Kept) => expect(verify(kept).findings).not.toEqual([]);

describe('is found wherever it is done:', () => {
  test('a row altered, in any of its parts', () => {
    const parts = fc.constantFrom('entry', 'hash', 'chain', 'rehashed' as const);
    fc.assert(
      fc.property(anchoredChains, parts, ({ kept, at }, part) => {
        const rows = [...kept.rows];
        const row = rows[at] as ChainRow;
        const before = rows[at - 1] ?? kept.checkpoints.at(-1) ?? null;
        const head = before && { hash: before.hash, seq: row.seq - 1 };
        const altered = { entry: `${row.entry} `, hash: hashOf('x'), chain: 'z' };
        rows[at] =
          part === 'rehashed'
            ? (linked(head, [altered.entry], { chain: 'a', hashOf })[0] as ChainRow)
            : { ...row, [part]: altered[part as keyof typeof altered] };
        found({ ...kept, rows });
      }),
    );
  });

  test('a row and all behind it written anew', () => {
    fc.assert(
      fc.property(anchoredChains, ({ kept, at }) => {
        const before = kept.rows[at - 1] ?? kept.checkpoints.at(-1) ?? null;
        const seq = (kept.rows[at] as ChainRow).seq - 1;
        const entries = kept.rows.slice(at).map((row, n) => (n === 0 ? '{}' : row.entry));
        const forged = linked(before && { hash: before.hash, seq }, entries, {
          ...{ chain: 'a', hashOf },
        });
        found({ ...kept, rows: [...kept.rows.slice(0, at), ...forged] });
      }),
    );
  });

  test('a row removed, with the others where they were or moved up', () => {
    fc.assert(
      fc.property(anchoredChains, fc.boolean(), ({ kept, at }, closed) => {
        const rows = kept.rows
          .filter((_, n) => n !== at)
          .map((row, n) => (closed && n >= at ? { ...row, seq: row.seq - 1 } : row));
        found({ ...kept, rows });
      }),
    );
  });

  test('two rows swapped', () => {
    fc.assert(
      fc.property(anchoredChains, ({ kept, at, other }) => {
        fc.pre(at !== other);
        const rows = [...kept.rows];
        const [a, b] = [rows[at] as ChainRow, rows[other] as ChainRow];
        rows[at] = { ...b, seq: a.seq };
        rows[other] = { ...a, seq: b.seq };
        found({ ...kept, rows });
      }),
    );
  });

  test('a row put in between, with the others moved down', () => {
    fc.assert(
      fc.property(anchoredChains, ({ kept, at }) => {
        const before = kept.rows[at - 1] ?? kept.checkpoints.at(-1) ?? null;
        const seq = (kept.rows[at] as ChainRow).seq - 1;
        const put = linked(before && { hash: before.hash, seq }, ['{}'], { chain: 'a', hashOf });
        const behind = kept.rows.slice(at).map((row) => ({ ...row, seq: row.seq + 1 }));
        found({ ...kept, rows: [...kept.rows.slice(0, at), ...put, ...behind] });
      }),
    );
  });

  test('rows cut off at the end, or all of them', () => {
    fc.assert(
      fc.property(anchoredChains, ({ kept, at }) => {
        found({ ...kept, rows: kept.rows.slice(0, at) });
        found({ ...kept, rows: kept.rows.slice(0, at), checkpoints: [] });
      }),
    );
  });

  test('rows removed from the beginning without a checkpoint, or by one that is forged', () => {
    fc.assert(
      fc.property(anchoredChains, ({ kept, at }) => {
        const rows = kept.rows.slice(at + 1);
        const { chain, hash, seq: upto } = kept.rows[at] as ChainRow;
        found({ ...kept, rows });
        const removed = upto - (kept.checkpoints.at(-1)?.upto ?? 0);
        const forged = { chain, hash, upto, removed, at: 5, signature: 'none' };
        found({ ...kept, rows, checkpoints: [...kept.checkpoints, forged] });
        const more = sign({ ...forged, removed: removed + 1 });
        found({ ...kept, rows, checkpoints: [...kept.checkpoints, more] });
      }),
    );
  });
});

test('each finding is said in words, and no row is blamed for what was done to another', () => {
  const kept = chainOf(9, [2], 9);
  const says = (part: Partial<Kept>) => verify({ ...kept, ...part }).findings;
  const altered = kept.rows.map((row) => (row.seq === 5 ? { ...row, entry: '{}' } : row));
  expect(says({ rows: altered })).toEqual([
    'Row 5 does not fit: it, or row 4 before it has been altered.',
  ]);
  expect(says({ rows: kept.rows.filter(({ seq }) => seq !== 5 && seq !== 6) })).toEqual([
    'Rows 5 to 6 are missing.',
  ]);
  expect(says({ rows: kept.rows.slice(0, -1) })).toEqual([
    'Row 9 is cut off: row 9 was anchored at 1970-01-01T00:00:00.007Z.',
  ]);
  expect(says({ checkpoints: [] })).toEqual(['Rows 1 to 2 are missing.']);
  const [checkpoint] = kept.checkpoints as [Checkpoint];
  expect(says({ checkpoints: [{ ...checkpoint, signature: '' }] })).toEqual([
    "The checkpoint after row 2 is not signed with Howdah's secret: it says that 2 rows went.",
  ]);
});

test('a chain that was begun anew says so, and why, and the old one’s anchor is not forgotten', () => {
  const kept = chainOf(9, [], 9);
  const left = kept.rows.slice(0, 4);
  const why = JSON.stringify({ action: 'chain-broken', reason: 'Row 9 was gone.' });
  const anew = linked(left.at(-1) as ChainRow, [why, entry(11)], { chain: 'b', hashOf });
  const { findings, rows } = verify({ ...kept, rows: [...left, ...anew] });
  expect(rows).toBe(6);
  expect(findings).toEqual([
    'The chain was begun anew at row 5: Row 9 was gone.',
    'Rows 5 to 9 are cut off: row 9 was anchored at 1970-01-01T00:00:00.007Z.',
  ]);
  // All of it gone, and a new one in its place.
  const other = linked(null, [entry(1)], { chain: 'b', hashOf });
  expect(verify({ ...kept, rows: other }).findings).toEqual([
    'A chain of this store was anchored up to row 9 at 1970-01-01T00:00:00.007Z, and is gone: a.',
  ]);
});

describe('an anchor of which nothing is there', () => {
  const kept = chainOf(3, [], 3);
  const gone = { chain: 'z', seq: 9, hash: 'x', at: 7, store: HERE };
  const verified = (store: string, part: Partial<VerifierOptions> = {}, rows = kept.rows) =>
    verify({ ...kept, rows, anchors: [...kept.anchors, { ...gone, store }] }, part);

  test('is a finding where it is this store’s, or nobody knows whose', () => {
    for (const [store, here] of [
      [HERE, HERE],
      [ELSEWHERE, null],
      ['0123456789abcdef', HERE],
    ] as const) {
      expect(verified(store, { store: here }).findings).toEqual([
        expect.stringMatching(/^A chain of this store.* was anchored up to row 9 .* is gone: z\.$/),
      ]);
    }
  });

  test('is doubtful at least where it is another’s', () => {
    const { findings, doubts } = verified(ELSEWHERE);
    expect([findings, doubts]).toEqual([[], [expect.stringContaining(`of ${ELSEWHERE}`)]]);
  });

  test('tells that an audit is not whole that has no row at all', () => {
    const alone = [{ ...gone, store: ELSEWHERE }];
    expect(verify({ rows: [], checkpoints: [], anchors: alone }).findings).toEqual([
      expect.stringContaining('The store has no audit, and one was anchored up to row 9'),
    ]);
  });
});

describe('that the audit was found broken', () => {
  const lost = 'An audit that had been anchored up to row 9 is gone: a.';
  const orphan = { chain: 'a', seq: 9, hash: 'x', at: 7, store: HERE };
  const told = [
    JSON.stringify({ kind: 'intent', action: 'anchor-begun', reason: null, detail: { lost } }),
    JSON.stringify({ kind: 'intent', action: 'chain-broken', reason: lost }),
  ];
  const keptOf = (entries: readonly string[]): Kept => {
    const rows = linked(null, entries, { chain: 'b', hashOf });
    const { seq, hash } = rows.at(-1) as ChainRow;
    const own = { chain: 'b', seq, hash, at: 8, store: HERE };
    return { rows, checkpoints: [], anchors: [orphan, own] };
  };

  test('is read in its rows, also once the old anchor has been removed', () => {
    const kept = keptOf(told);
    expect(verify({ ...kept, anchors: kept.anchors.slice(1) }).findings).toEqual([
      `Row 1 tells that the audit was found broken: ${lost}`,
    ]);
  });

  test('is acknowledged with the secret, which covers nothing that comes later', () => {
    const { breaks } = verify(keptOf(told));
    const keys = breaks.map(({ key }) => key);
    expect(keys).toEqual(['row 1', 'anchor a 9 x']);
    const by = (signature: string) =>
      JSON.stringify({
        ...{ kind: 'intent', id: 'k', at: 9, action: 'break-acknowledged', reason: 'restored' },
        ...{ actor: { name: 'ann' }, detail: acknowledgedDetail(breaks, signature) },
      });
    const right = by(signatureOf(acknowledgedText('k', 9, keys)));
    const verdict = verify(keptOf([...told, right]));
    expect(verdict.findings).toEqual([]);
    expect(verdict.acknowledged[0]).toBe(
      `Row 1 tells that the audit was found broken: ${lost} Acknowledged by ann at 1970-01-01T00:00:00.009Z: restored`,
    );
    expect(verdictInWords(verdict)[0]).toMatch(/^The audit is whole but for what was acknowledged/);
    expect(verify(keptOf([...told, by('forged')])).findings).toHaveLength(3);
    const later = JSON.stringify({ kind: 'intent', action: 'chain-broken', reason: 'Again.' });
    expect(verify(keptOf([...told, right, later])).findings).toEqual([
      'Row 4 tells that the audit was found broken: Again.',
    ]);
    expect(verify(keptOf([...told, right]), { sign: null }).doubts).toEqual([
      'Row 3 acknowledges a break by a signature, and the secret is not known.',
    ]);
  });
});

test('what can not be told is said, and is no finding', () => {
  const kept = chainOf(9, [2], 9);
  const { findings, doubts } = verify(kept, { sign: null, anchors: null });
  expect(findings).toEqual([]);
  expect(doubts).toEqual([
    'The checkpoint after row 2 is signed, and the secret is not known.',
    'Whether rows are cut off at the end was not looked at.',
  ]);
  expect(verify({ ...kept, anchors: [] }).doubts).toEqual([
    'The chain has no anchor yet in ZooKeeper: rows cut off at the end would not be found.',
  ]);
  const begun = linked(null, [JSON.stringify({ action: 'anchor-begun' })], { chain: 'a', hashOf });
  expect(verify({ rows: begun, checkpoints: [], anchors: [] }).findings).toEqual([
    'The chain had an anchor, and has none any more in ZooKeeper: rows cut off at the end would not be found.',
  ]);
});
