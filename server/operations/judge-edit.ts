import { type Checked, checkConfiguration } from '@/lib/configuration/check';
import { effectsOf, type SettingEffect } from '@/lib/configuration/effects';
import type { CheckInput } from '@/lib/configuration/judge';
import { listed } from '@/lib/operations/plan';
import { readSettings } from '@/lib/operations/settings';
import type { RuleResult } from '@/lib/operations/types';
import type { ClusterView } from '@/lib/topology/view';

export interface JudgedEdit {
  readonly rules: Checked['rules'];
  readonly changes: readonly SettingEffect[];
}

/** What is to be said of a configuration before it is written over `current`, and what it changes. */
export function judgeEdit(
  view: ClusterView,
  texts: { readonly wanted: string; readonly current: string },
  known: Pick<CheckInput, 'maxSessionTimeoutMs' | 'parameters'>,
): JudgedEdit {
  const current = readSettings(texts.current);
  const patroniVersions = view.members.flatMap(({ version }) => version ?? []);
  const { document, rules } = checkConfiguration(texts.wanted, {
    ...{ ...known, patroniVersions, current },
  });
  const changes = document && current ? effectsOf(current, document, known.parameters) : [];
  return { rules: [...rules, ...restarts(view, changes)], changes };
}

/** Who runs some of it only after a restart, which nobody is given by this. */
function restarts(view: ClusterView, changes: readonly SettingEffect[]): readonly RuleResult[] {
  const names = changes.filter(({ effect }) => effect === 'restart').map(({ path }) => path);
  if (names.length === 0) return [];
  const present = view.members.filter(({ presence }) => presence.is === 'present');
  const who = listed(present.map(({ name }) => name));
  const what = listed(names.map((path) => path.slice(path.lastIndexOf('.') + 1)));
  const says = `${who} must be restarted before ${what} takes effect: writing it restarts nobody`;
  const advice = 'Restart PostgreSQL of those that wait for it afterwards.';
  return [{ code: 'restart', verdict: 'warn', says, advice }];
}
