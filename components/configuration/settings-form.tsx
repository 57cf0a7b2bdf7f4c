'use client';

import { valueAt } from '@/lib/configuration/document';
import type { ClusterSettings } from '@/lib/configuration/facts';
import { KNOWN_SETTINGS, type KnownSetting, OLD_NAMES } from '@/lib/configuration/known';
import type { RuleResult } from '@/lib/operations/types';
import { ParametersForm } from './parameters-form';
import { rulesOn, SettingField } from './setting-field';

const GROUPS: readonly (readonly [KnownSetting['group'], string])[] = [
  ['timing', 'The leader’s lease'],
  ['failover', 'Failover'],
  ['synchronous', 'Synchronous replication'],
  ['postgresql', 'Standbys'],
];

/** The settings that are known, each with what it is for; all else is in the YAML. */
export function SettingsForm({
  document,
  rules,
  settings,
  onSet,
}: {
  document: Readonly<Record<string, unknown>>;
  rules: readonly RuleResult[];
  settings: ClusterSettings | null;
  onSet: (path: readonly string[], value: unknown) => void;
}) {
  return (
    <div className="flex flex-col gap-6 p-4">
      {GROUPS.map(([group, title]) => (
        <fieldset key={group} className="min-w-0">
          <legend className="mb-2 font-semibold">{title}</legend>
          <div className="grid gap-x-6 gap-y-4 md:grid-cols-2">
            {KNOWN_SETTINGS.filter((one) => one.group === group).map((one) => {
              const setting = asWritten(one, document);
              return (
                <SettingField
                  key={one.path}
                  setting={setting}
                  value={valueAt(document, setting.path)}
                  rules={rulesOn(rules, setting.path)}
                  onChange={(value) => onSet(setting.path.split('.'), value)}
                />
              );
            })}
          </div>
        </fieldset>
      ))}
      <ParametersForm {...{ document, rules, settings, onSet }} />
    </div>
  );
}

/** By its old name, where that is the one in use. */
function asWritten(
  setting: KnownSetting,
  document: Readonly<Record<string, unknown>>,
): KnownSetting {
  const old = OLD_NAMES[setting.path];
  const isOld = old !== undefined && old in document && !(setting.path in document);
  return isOld ? { ...setting, path: old } : setting;
}
