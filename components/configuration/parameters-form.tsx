'use client';

import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Badge } from '@/components/ui/badge';
import { Button } from '@/components/ui/button';
import { Input, Select } from '@/components/ui/input';
import { parametersOf } from '@/lib/configuration/document';
import type { ClusterSettings, ParameterFact, RunningSetting } from '@/lib/configuration/facts';
import { OWNED, ofRecovery } from '@/lib/configuration/owned';
import { boolOf } from '@/lib/configuration/value';
import type { RuleResult } from '@/lib/operations/types';
import { FieldRules, rulesOn, shownValue, typedValue } from './setting-field';
import { listed } from './words';

const PATH = ['postgresql', 'parameters'] as const;
const MOST_FOUND = 8;

/** PostgreSQL's parameters: those that are set, and a search for all others. */
export function ParametersForm({
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
  const facts = settings?.parameters ?? null;
  const set = Object.entries(parametersOf(document)).sort(([a], [b]) => (a < b ? -1 : 1));
  return (
    <fieldset className="min-w-0">
      <legend className="mb-2 font-semibold">PostgreSQL’s parameters</legend>
      {facts === null && (
        <p className="mb-2 text-sm text-muted">
          No member tells what it knows of parameters, so their values can’t be checked.
        </p>
      )}
      {set.length === 0 && <p className="text-muted">None is set: search for one to set it.</p>}
      <ul className="divide-y divide-line">
        {set.map(([name, value]) => (
          <ParameterRow
            key={name}
            {...{ name, value }}
            fact={facts?.[name.toLowerCase()] ?? null}
            rules={rulesOn(rules, name)}
            onChange={(next) => onSet([...PATH, name], next)}
          />
        ))}
      </ul>
      <AddParameter
        settings={settings}
        taken={new Set(set.map(([name]) => name.toLowerCase()))}
        onAdd={(name, value) => onSet([...PATH, name], value)}
      />
    </fieldset>
  );
}

function ParameterRow({
  name,
  value,
  fact,
  rules,
  onChange,
}: {
  name: string;
  value: unknown;
  fact: ParameterFact | null;
  rules: readonly RuleResult[];
  onChange: (value: unknown) => void;
}) {
  const id = useId();
  const about = `${id}-about`;
  const ids = { id, 'aria-describedby': about };
  const choices = choicesOf(fact);
  const text = shownValue(value);
  const chosen = fact?.vartype === 'bool' ? boolWord(text) : text.toLowerCase();
  return (
    <li data-testid="parameter" className="flex flex-col gap-1 py-3">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <label htmlFor={id} className="min-w-0 font-mono text-sm break-all">
          {name}
        </label>
        <Cost fact={fact} name={name} />
      </div>
      <div className="flex items-center gap-2">
        {choices === null ? (
          <Input
            {...ids}
            className="max-w-md"
            value={text}
            aria-invalid={rules.some(({ verdict }) => verdict === 'refuse')}
            // Emptied it stays: it is the button that takes it out.
            onChange={({ target }) => onChange(typedValue(target.value) ?? '')}
          />
        ) : (
          <Select
            {...ids}
            className="min-h-9 text-base"
            value={chosen}
            onChange={({ target }) => onChange(target.value)}
          >
            {[...choices, ...(choices.includes(chosen) ? [] : [chosen])].map((one) => (
              <option key={one} value={one}>
                {one}
              </option>
            ))}
          </Select>
        )}
        <Button
          size="icon"
          tone="quiet"
          aria-label={`Take ${name} out`}
          onClick={() => onChange(undefined)}
        >
          <X aria-hidden className="size-4" />
        </Button>
      </div>
      <p id={about} className="text-sm text-muted">
        {fact?.shortDesc} {fact && describe(fact)}
        <FieldRules rules={rules} />
      </p>
    </li>
  );
}

/** What it costs to change it. */
function Cost({ fact, name }: { fact: ParameterFact | null; name: string }) {
  const key = name.toLowerCase();
  if (OWNED[key]?.takes === null || ofRecovery(key))
    return <Badge tone="unknown">Patroni’s own</Badge>;
  if (key in OWNED || fact?.context === 'postmaster') {
    return <Badge tone="attention">needs a restart</Badge>;
  }
  return fact === null ? null : <Badge>reload</Badge>;
}

function describe({ vartype, unit, min, max, bootVal, context }: ParameterFact): string {
  const range = min === null || max === null ? '' : ` from ${min} to ${max}`;
  const counted = unit === null ? '' : ` in ${unit}`;
  const usual = bootVal === null || bootVal === '' ? '' : `, ${bootVal} by default`;
  return `(${vartype}${range}${counted}${usual}; ${context})`;
}

const boolWord = (text: string): string => {
  const read = boolOf(text);
  return read === null ? text : read ? 'on' : 'off';
};

function choicesOf(fact: ParameterFact | null): readonly string[] | null {
  if (fact?.vartype === 'bool') return ['on', 'off'];
  return fact?.vartype === 'enum' ? (fact.enumvals ?? []) : null;
}

function AddParameter({
  settings,
  taken,
  onAdd,
}: {
  settings: ClusterSettings | null;
  taken: ReadonlySet<string>;
  onAdd: (name: string, value: unknown) => void;
}) {
  const field = useId();
  const [sought, setSought] = useState('');
  const words = sought.trim().toLowerCase();
  const facts = settings?.parameters ?? {};
  const found = words === '' ? [] : findIn(Object.values(facts), words, taken);
  const shown = found.slice(0, MOST_FOUND);
  const isName = /^[a-z_][\w$]*(\.[a-z_][\w$]*)*$/i.test(words) && !taken.has(words);
  const isNew =
    isName && !Object.hasOwn(facts, words) && (words.includes('.') || !settings?.parameters);
  const add = (name: string, value: unknown) => {
    onAdd(name, value);
    setSought('');
  };
  return (
    <div className="mt-2 flex flex-col gap-2">
      <label htmlFor={field} className="text-sm font-medium">
        Set another parameter
      </label>
      <Input
        id={field}
        type="search"
        className="max-w-md"
        placeholder="work_mem, or what it is for"
        value={sought}
        onChange={({ target }) => setSought(target.value)}
      />
      <p aria-live="polite" className="text-sm text-muted">
        {words !== '' && found.length === 0 && !isNew && noneFits(words, taken)}
        {found.length > shown.length && `${found.length} fit: the first ${shown.length} are shown.`}
      </p>
      <ul className="flex flex-col gap-1">
        {shown.map((fact) => (
          <li key={fact.name}>
            <AddButton
              name={fact.name}
              says={fact.shortDesc}
              onAdd={() => add(fact.name, startingValue(fact, runningOf(settings, fact.name)))}
            />
          </li>
        ))}
        {isNew && (
          <li>
            <AddButton name={words} says="as an extension’s own" onAdd={() => add(words, '')} />
          </li>
        )}
      </ul>
    </div>
  );
}

function noneFits(words: string, taken: ReadonlySet<string>): string {
  const set = [...taken].filter((name) => name.includes(words));
  return set.length > 0
    ? `${listed(set)} ${set.length === 1 ? 'is' : 'are'} set above.`
    : 'PostgreSQL has no such parameter, or Howdah may not see it.';
}

function AddButton({ name, says, onAdd }: { name: string; says: string; onAdd: () => void }) {
  return (
    <button
      type="button"
      onClick={onAdd}
      className="flex w-full items-start gap-2 rounded-md px-2 py-1 text-left hover:bg-sunken"
    >
      <Plus aria-hidden className="mt-1 size-4 shrink-0" />
      <span className="min-w-0">
        <span className="font-mono text-sm break-all">{name}</span>
        <span className="block text-sm text-muted">{says}</span>
      </span>
    </button>
  );
}

/** Those whose name has it first. */
function findIn(
  facts: readonly ParameterFact[],
  words: string,
  taken: ReadonlySet<string>,
): readonly ParameterFact[] {
  const settable = facts.filter((fact) => {
    const key = fact.name.toLowerCase();
    return fact.context !== 'internal' && OWNED[key]?.takes !== null && !taken.has(key);
  });
  const byName = settable.filter(({ name }) => name.toLowerCase().includes(words));
  const named = new Set(byName);
  const byUse = settable.filter(
    (fact) => !named.has(fact) && fact.shortDesc.toLowerCase().includes(words),
  );
  return [...byName, ...byUse];
}

/** Of the first member that tells it. */
function runningOf(settings: ClusterSettings | null, name: string): RunningSetting | null {
  for (const member of settings?.members ?? []) {
    if (member.is === 'ok') return member.settings[name.toLowerCase()] ?? null;
  }
  return null;
}

/** What runs now, so that nothing changes until somebody says so. */
function startingValue(fact: ParameterFact, running: RunningSetting | null): unknown {
  const fromSession = running !== null && ['client', 'session'].includes(running.source);
  const setting = (fromSession ? fact.bootVal : running?.setting) ?? fact.bootVal ?? '';
  if (fact.vartype === 'bool' || fact.vartype === 'enum' || fact.vartype === 'string')
    return setting;
  // A number without a unit counts in the parameter's own.
  return fact.unit === null || /^\d/.test(fact.unit) || /^(?:0|-1)$/.test(setting)
    ? typedValue(setting)
    : `${setting}${fact.unit}`;
}
