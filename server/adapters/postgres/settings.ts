import { z } from 'zod';
import type { SettingFacts } from '@/lib/configuration/facts';
import { isSecretName, MASK, withoutSecrets } from '@/lib/secrets';

/** All parameters that the role may see: some only whoever has pg_read_all_settings does. */
export const settingsStatement = `
  select name, setting, unit, context, vartype, min_val, max_val, enumvals, boot_val, reset_val,
         source, pending_restart, short_desc
    from pg_catalog.pg_settings`;

const text = z.string().nullable();

const rowShape = z
  .object({
    name: z.string(),
    setting: text,
    unit: text,
    context: z.string(),
    vartype: z.enum(['bool', 'integer', 'real', 'enum', 'string']),
    min_val: text,
    max_val: text,
    enumvals: z.array(z.string()).nullable(),
    boot_val: text,
    reset_val: text,
    source: z.string(),
    pending_restart: z.boolean(),
    short_desc: text,
  })
  .transform(
    (row): SettingFacts => ({
      name: row.name,
      setting: shown(row.name, row.setting),
      unit: row.unit === '' ? null : row.unit,
      context: row.context,
      vartype: row.vartype,
      min: row.min_val,
      max: row.max_val,
      enumvals: row.enumvals,
      bootVal: shown(row.name, row.boot_val),
      resetVal: shown(row.name, row.reset_val),
      source: row.source,
      pendingRestart: row.pending_restart,
      shortDesc: row.short_desc ?? '',
    }),
  );

/** Throws when the rows have another shape than their statement gives. */
export const decodeSettings = (rows: unknown): readonly SettingFacts[] =>
  z.array(rowShape).parse(rows);

/** No secret goes further than this. */
function shown(name: string, value: string | null): string | null {
  if (value === null || value === '') return value;
  return isSecretName(name) ? MASK : withoutSecrets(value);
}
