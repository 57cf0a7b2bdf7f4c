import type { ConfigurationRestores, HistoryReader, Operations } from '../ports';

/** What procedures may use. Services arrive here; routers import none. */
export interface Context {
  readonly operations: Operations;
  readonly restores: ConfigurationRestores;
  readonly history: HistoryReader;
}
