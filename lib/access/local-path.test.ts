import { expect, test } from 'vitest';
import { localPath } from './local-path';

test.each([
  '/',
  '/cluster/main~.2Fservice~orders?range=6h#members',
  '/timeline?q=https://elsewhere.example/',
])('%s is a page here, with all that its address says', (path) => {
  expect(localPath(path)).toBe(path);
});

test.each([
  ...['', 'timeline', '?to=/', 'https://evil.example/', '//evil.example/', '///evil.example/'],
  ...['/\\evil.example/', '\\/evil.example/', '/\t/evil.example/', '/\n/evil.example/'],
  ...['/.//evil.example/', '/..//evil.example/', 'javascript:alert(1)', ' /timeline'],
])('%j may lead elsewhere', (path) => {
  expect(localPath(path)).toBeNull();
});
