import { expect, test } from 'vitest';
import { acknowledgedDetail, acknowledgedText, standingBreaks } from './breaks';

const sign = (text: string) => `signed ${text}`;
const intent = (seq: number, part: object) => ({
  seq,
  entry: JSON.stringify({ kind: 'intent', id: `${seq}`, at: seq, ...part }),
});
const broken = (seq: number, reason: string) => intent(seq, { action: 'chain-broken', reason });
const acknowledged = (seq: number, keys: readonly string[], signature?: string) =>
  intent(seq, {
    ...{ action: 'break-acknowledged', reason: 'restored', actor: { name: 'ann' } },
    detail: acknowledgedDetail(
      keys.map((key) => ({ key, says: '' })),
      signature ?? sign(acknowledgedText(`${seq}`, seq, keys)),
    ),
  });

test('the audit stays broken until that is acknowledged, however often Howdah is started', () => {
  const rows = [broken(5, 'Row 9 was gone.'), intent(6, { action: 'sign-in' })];
  const standing = [{ key: 'row 5', says: 'Row 9 was gone.' }];
  expect(standingBreaks(rows, sign)).toEqual(standing);
  expect(standingBreaks([...rows, acknowledged(7, ['row 5'])], sign)).toEqual([]);
  expect(standingBreaks([...rows, acknowledged(7, ['row 4'])], sign)).toEqual(standing);
  const again = [...rows, acknowledged(7, ['row 5']), broken(9, 'Row 8 was gone.')];
  expect(standingBreaks(again, sign)).toEqual([{ key: 'row 9', says: 'Row 8 was gone.' }]);
});

test('what is not signed with the secret acknowledges nothing', () => {
  const rows = [broken(5, 'Row 9 was gone.'), acknowledged(7, ['row 5'], 'x')];
  expect(standingBreaks(rows, sign)).toHaveLength(1);
  expect(standingBreaks([broken(5, 'Row 9 was gone.'), { seq: 7, entry: 'x' }], sign)).toHaveLength(
    1,
  );
});
