/** A moment as a sentence of the server has it: in UTC, which is the same for every reader. */
export function moment(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at)
    ? iso
    : `${new Date(at).toISOString().slice(0, 19).replace('T', ' ')} UTC`;
}
