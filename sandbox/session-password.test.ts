import { expect, test } from 'vitest';
import { sessionPassword } from './session-password';

test.each([
  ['1000013287e0000', '205733ab2d0a38e3fe8e7d27be5eb84a'],
  ['0x200001328ce0000', '70878e233d7c33f9ce7fc7724ec74e27'],
  ['300001328a40000', '1e8545c453d36f8f2c58fefc545bb541'],
])('the password of session %s is the one that ZooKeeper 3.8.0 gave out', (id, password) => {
  expect(sessionPassword(id).toString('hex')).toBe(password);
});
