'use client';

import type { ReactNode } from 'react';
import { Field } from '@/components/ui/field';
import { Input, Select } from '@/components/ui/input';
import { StateIcon } from '@/components/ui/state-icon';
import { patroniBool } from '@/lib/configuration/document';
import type { KnownSetting } from '@/lib/configuration/known';
import type { RuleResult } from '@/lib/operations/types';
import { verdictStates } from '../operations/rule-list';

/** What is typed as it goes into the document: a number where it is one. */
export function typedValue(text: string): string | number | undefined {
  if (text === '') return undefined;
  const number = Number(text);
  return /^-?(?:0|[1-9]\d*)$/.test(text) && Number.isSafeInteger(number) ? number : text;
}

/** Whatever stands in a document, as a field shows it. */
export function shownValue(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'object' ? JSON.stringify(value) : String(value);
}

/** One of Patroni's settings, with its rules below it. */
export function SettingField({
  setting,
  value,
  rules,
  onChange,
}: {
  setting: KnownSetting;
  value: unknown;
  rules: readonly RuleResult[];
  onChange: (value: unknown) => void;
}) {
  const { label, unit, path, fallback, says, type } = setting;
  const usual = typeof fallback === 'boolean' ? (fallback ? 'on' : 'off') : String(fallback);
  return (
    <Field
      label={
        <>
          {label} <span className="font-mono text-sm font-normal text-muted">{path}</span>
        </>
      }
      hint={
        <>
          {says}
          <FieldRules rules={rules} />
        </>
      }
    >
      {(ids) =>
        type === 'integer' ? (
          <span className="flex items-center gap-2">
            <Input
              {...ids}
              inputMode="numeric"
              className="w-40 tabular-nums"
              value={shownValue(value)}
              placeholder={usual}
              aria-invalid={rules.some(({ verdict }) => verdict === 'refuse')}
              onChange={(event) => onChange(typedValue(event.target.value.trim()))}
            />
            <span className="text-sm text-muted">
              {unit}
              {value === undefined && ' (not set)'}
            </span>
          </span>
        ) : (
          <BoolSelect
            ids={ids}
            value={value}
            usual={usual}
            more={type === 'synchronous-mode' ? ['quorum'] : []}
            onChange={onChange}
          />
        )
      }
    </Field>
  );
}

function BoolSelect({
  ids,
  value,
  usual,
  more,
  onChange,
}: {
  ids: object;
  value: unknown;
  usual: string;
  more: readonly string[];
  onChange: (value: unknown) => void;
}) {
  const read = patroniBool(value);
  const text = value === undefined ? '' : read === null ? shownValue(value) : read ? 'on' : 'off';
  const known = ['', 'on', 'off', ...more];
  return (
    <Select
      {...ids}
      className="min-h-9 w-40 text-base"
      value={text}
      onChange={({ target }) =>
        onChange(
          target.value === ''
            ? undefined
            : target.value === 'on'
              ? true
              : target.value === 'off'
                ? false
                : target.value,
        )
      }
    >
      <option value="">not set ({usual})</option>
      {[...known.slice(1), ...(known.includes(text) ? [] : [text])].map((one) => (
        <option key={one} value={one}>
          {one}
        </option>
      ))}
    </Select>
  );
}

export function FieldRules({ rules }: { rules: readonly RuleResult[] }): ReactNode {
  return rules.map((rule) => (
    <span key={rule.says} className="mt-1 flex gap-2 text-ink" data-code={rule.code}>
      <StateIcon state={verdictStates[rule.verdict]} className="mt-0.5" />
      <span className="min-w-0">{rule.says}</span>
    </span>
  ));
}

/** Rules about one setting: what they say begins with its name. */
export const rulesOn = (rules: readonly RuleResult[], name: string): readonly RuleResult[] =>
  rules.filter(({ says }) => says.startsWith(`${name} `));
