/** What a program is asked, by name. Each question is answered once, with plain JSON. */
export type Answers = Readonly<Record<string, (details: never) => unknown>>;

/** The argument the program was started with. */
export function argument<T>(): T {
  return JSON.parse(process.argv[2] ?? 'null') as T;
}

/** Answers questions, in their order, until the benchmark ends the program. */
export function answer(answers: Answers): void {
  let tail: Promise<unknown> = Promise.resolve();
  process.on('message', ({ question, details }: { question: string; details: never }) => {
    tail = tail.then(async () => {
      const task = answers[question];
      if (!task) throw new Error(`nobody answers "${question}"`);
      process.send?.((await task(details)) ?? null);
    });
  });
  process.once('disconnect', () => process.exit(0));
}
