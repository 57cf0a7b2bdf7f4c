import { describe, expect, test } from 'vitest';
import { spreadOf } from './run-record';

describe('what runs cost', () => {
  test('is of those that were measured', () => {
    expect(spreadOf([])).toBeNull();
    expect(spreadOf([null, null])).toBeNull();
    expect(spreadOf([null, 0])).toEqual({ measured: 1, best: 0, median: 0, worst: 0 });
    expect(spreadOf([900, null, 100, 300])).toEqual({
      ...{ measured: 3, best: 100, median: 300, worst: 900 },
    });
    expect(spreadOf([4, 1, 3, 2])).toEqual({ measured: 4, best: 1, median: 3, worst: 4 });
  });
});
