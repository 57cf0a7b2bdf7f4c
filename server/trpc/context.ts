import type { HistoryReader, Operations } from '../ports';

/** What procedures may use. Services arrive here; routers import none. */
export interface Context {
  readonly operations: Operations;
  readonly history: HistoryReader;
}
