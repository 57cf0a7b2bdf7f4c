import { KEPT_ZNODES, type KeptZnode } from '@/lib/history/znode-version';

/** What the address says: which znode, which of its versions, and what that is compared with. */
export interface ConfigurationQuery {
  readonly name: KeptZnode;
  /** By `seq`; null: the newest. */
  readonly seq: number | null;
  /** Null: the version before it. */
  readonly against: number | null;
}

export function parseConfigurationQuery(params: URLSearchParams): ConfigurationQuery {
  return {
    name: KEPT_ZNODES.find((name) => name === params.get('znode')) ?? 'config',
    seq: numberOf(params.get('version')),
    against: numberOf(params.get('against')),
  };
}

export function formatConfigurationQuery(query: ConfigurationQuery): URLSearchParams {
  const params = new URLSearchParams();
  if (query.name !== 'config') params.set('znode', query.name);
  if (query.seq !== null) params.set('version', String(query.seq));
  if (query.against !== null) params.set('against', String(query.against));
  return params;
}

function numberOf(text: string | null): number | null {
  return text !== null && /^\d{1,16}$/.test(text) ? Number(text) : null;
}
