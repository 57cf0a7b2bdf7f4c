/** What the address says: which znode, which of its versions, what that is compared with, and whether it is edited. */
export interface ConfigurationQuery {
  /** Null: the first that there is. */
  readonly name: string | null;
  /** By `seq`; null: the newest. */
  readonly seq: number | null;
  /** Null: the version before it. */
  readonly against: number | null;
  /** How the configuration is edited; null: it isn't. */
  readonly edit: EditTab | null;
}

export type EditTab = 'form' | 'yaml';

export function parseConfigurationQuery(params: URLSearchParams): ConfigurationQuery {
  return {
    name: params.get('znode') || null,
    seq: numberOf(params.get('version')),
    against: numberOf(params.get('against')),
    edit: tabOf(params.get('edit')),
  };
}

export function formatConfigurationQuery(query: ConfigurationQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (query.name !== null) params.set('znode', query.name);
  if (query.seq !== null) params.set('version', String(query.seq));
  if (query.against !== null) params.set('against', String(query.against));
  if (query.edit !== null) params.set('edit', query.edit);
  return params;
}

const tabOf = (text: string | null): EditTab | null =>
  text === 'yaml' ? 'yaml' : text === null ? null : 'form';

function numberOf(text: string | null): number | null {
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : null;
}
