import { describe, expect, test } from 'vitest';
import { clusterId } from '../topology/cluster-id';
import type { Grant } from './roles';
import { anywhere, onAccounts, onCluster, onEverything, oneself, refusal, type Who } from './who';

const orders = clusterId({ ensemble: 'main', namespace: '/service', scope: 'orders', group: null });
const who = (grants: readonly Grant[], more: Partial<Who> = {}): Who => ({
  ...{ kind: 'user', id: 'ann', name: 'ann@example.org', grants },
  ...{ mustChangePassword: false, readOnlySince: null },
  ...more,
});
const viewerHere: Grant[] = [{ role: 'viewer', scope: { of: 'cluster', cluster: orders } }];
const admin: Grant[] = [{ role: 'admin', scope: { of: 'all' } }];

describe('why somebody may not is said in a sentence that is true', () => {
  test.each([
    [onCluster('operator'), 'This takes an operator here, and you are a viewer.'],
    [
      onEverything('admin'),
      'This takes an administrator of all clusters, and you are a viewer of some only.',
    ],
    [anywhere('operator'), 'This takes an operator, and you are a viewer.'],
  ])('%j', (need, says) => {
    expect(refusal(need, who(viewerHere), orders)?.says).toBe(says);
  });

  test('and of what they may not even know there is nothing is told', () => {
    expect(refusal(onCluster('viewer'), who([]), orders)).toEqual({
      code: 'hidden',
      says: 'There is no such cluster (any more).',
    });
  });
});

test('what a token could leave behind for good is for people alone', () => {
  const token = who(admin, { kind: 'token' });
  expect(refusal(onAccounts, token)?.code).toBe('forbidden');
  expect(refusal(oneself, token)?.code).toBe('forbidden');
  expect(refusal(onEverything('admin'), token)).toBeNull();
  expect(refusal(onAccounts, who(admin))).toBeNull();
  expect(refusal(onAccounts, who(admin, { kind: 'emergency' }))).toBeNull();
});
