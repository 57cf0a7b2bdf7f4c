import { describe, expect, it } from 'vitest';
import type { Grant } from '@/lib/access/roles';
import { onCluster, onEverything, type Who } from '@/lib/access/who';
import { isRefusedAll, mayNot, seesNothing } from './may';

const orders = 'main~.2Fservice~orders';
const billing = 'main~.2Fservice~billing';

function somebody(grants: readonly Grant[], part: Partial<Who> = {}): Who {
  return {
    ...{ kind: 'user', id: '1', name: 'ann@example.org', grants },
    ...{ mustChangePassword: false, readOnlySince: null },
    ...part,
  };
}
const viewer = somebody([{ role: 'viewer', scope: { of: 'all' } }]);
const operator = somebody([{ role: 'operator', scope: { of: 'cluster', cluster: orders } }]);
const act = { need: onCluster('operator'), cluster: orders };

describe('what is said beside a button', () => {
  it('is nothing to who may press it', () => {
    expect(mayNot(act, operator, null)).toBeNull();
  });

  it('is which role it takes, and which one has', () => {
    expect(mayNot(act, viewer, null)).toBe('This takes an operator here, and you are a viewer.');
    expect(mayNot({ need: onEverything('admin'), cluster: null }, operator, null)).toContain(
      'This takes an administrator of all clusters',
    );
    expect(mayNot({ ...act, cluster: billing }, operator, null)).not.toBeNull();
  });

  it('is that accounts can’t be asked, while they can’t: reading goes on, acting does not', () => {
    const away = { ...operator, readOnlySince: 1 };
    expect(mayNot(act, away, null)).toContain('the emergency token');
  });

  it('is never that one may, before it is known who asks', () => {
    expect(mayNot(act, null, null)).not.toBeNull();
    expect(mayNot(act, null, 'Failed to fetch')).not.toBeNull();
  });
});

it('the stream is not asked for by who has no role, or a first password: they would be refused', () => {
  expect(isRefusedAll(somebody([]))).toBe(true);
  expect(isRefusedAll({ ...viewer, mustChangePassword: true })).toBe(true);
  expect(isRefusedAll(viewer)).toBe(false);
  expect(isRefusedAll(null)).toBe(false);
});

it('somebody without a role sees nothing; whoever has to change their password may yet see', () => {
  expect(seesNothing(somebody([]))).toBe(true);
  expect(seesNothing(somebody([], { mustChangePassword: true }))).toBe(false);
  expect(seesNothing(viewer)).toBe(false);
  expect(seesNothing(null)).toBe(false);
});
