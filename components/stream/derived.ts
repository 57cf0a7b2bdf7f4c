/**
 * What follows from a part of the stream: computed once for each state of that part, and the same
 * object while it says the same, so that whoever shows it does not render.
 */
export function derived<In, Out>(
  compute: (part: In) => Out,
  isSame: (a: Out, b: Out) => boolean = Object.is,
): (part: In) => Out {
  let last: { readonly part: In; readonly out: Out } | null = null;
  return (part) => {
    if (last === null || last.part !== part) {
      const out = compute(part);
      last = { part, out: last !== null && isSame(last.out, out) ? last.out : out };
    }
    return last.out;
  };
}
