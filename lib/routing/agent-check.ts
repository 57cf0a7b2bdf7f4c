/**
 * What HAProxy and the agent beside it say to each other. HAProxy asks about one server with the
 * text of its `agent-send`, and takes the first line of the answer (HAProxy 2.6, agent-check).
 */

/** Which server is asked about. */
export interface Question {
  readonly cluster: string;
  readonly member: string;
  /** What HAProxy calls it, as "backend/server": its row in the statistics; null: not said. */
  readonly server?: string | null;
}

/** What a server is to carry. */
export type Order =
  /** Of the server's own weight, 0 to 100 percent; 0 leaves open sessions alone. */
  | { readonly is: 'share'; readonly percent: number }
  /** No new sessions; open ones go on to their end. */
  | { readonly is: 'drain' }
  /** No new sessions, and open ones are closed. */
  | { readonly is: 'cut'; readonly why: string };

/** The text of `agent-send`, without its newline. */
export function question({ cluster, member, server }: Question): string {
  const words = [cluster, encodeURIComponent(member), ...(server ? [server] : [])];
  return words.join(' ');
}

/** Null: nothing that `question` has made. */
export function parseQuestion(line: string): Question | null {
  const [cluster, name, server = null, ...more] = line.trim().split(' ');
  if (!cluster || !name || more.length > 0) return null;
  try {
    return { cluster, member: decodeURIComponent(name), server };
  } catch {
    return null;
  }
}

/** Nothing is known against it: what is said once a lease has ended. */
export const everything: Order = { is: 'share', percent: 100 };

/**
 * One line of answer. `ready` ends an earlier `drain`, `up` an earlier `down`; neither says anything
 * of Patroni's own check, which has to hold as well. Before `#` stands a space: without it HAProxy
 * takes no notice of the line.
 */
export function answer(order: Order): string {
  switch (order.is) {
    case 'share':
      return `up ready ${Math.round(Math.min(100, Math.max(0, order.percent)))}%`;
    case 'drain':
      return 'up drain';
    case 'cut':
      return `down #${order.why.replace(/[^\x20-\x7e]/g, '?').slice(0, 80)}`;
  }
}
