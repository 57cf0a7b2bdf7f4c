export interface SyntheticOptions {
  readonly connectString: string;
  readonly namespace: string;
  readonly clusters: number;
  readonly members: number;
  readonly churnPerSecond: number;
  readonly seed?: number;
  readonly onProgress?: (line: string) => void;
}
export async function startSynthetic(
  _options: SyntheticOptions,
): Promise<{ stop(): Promise<void> }> {
  throw new Error('not yet');
}
