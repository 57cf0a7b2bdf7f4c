import { readSettings } from '../operations/settings';
import { type Checked, checkConfiguration } from './check';
import type { CheckInput } from './judge';
import { withSecretsOf } from './masked';

export interface Prepared extends Checked {
  /** What is to be written, to the byte; it has secrets, and is shown to nobody. */
  readonly text: string;
}

/**
 * Makes what somebody has edited, and was shown without its secrets, into what is to be written over
 * `current`, and judges that. `current` is the text of the very version that is replaced; null: it
 * can't be read.
 */
export function prepareConfiguration(
  edited: string,
  current: string | null,
  input: Omit<CheckInput, 'current'>,
): Prepared {
  const before = readSettings(current);
  const isBoth = current !== null && before !== null && readSettings(edited) !== null;
  const text = isBoth ? withSecretsOf(edited, current).text : edited;
  return { text, ...checkConfiguration(text, { ...input, current: before }) };
}
