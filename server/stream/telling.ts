import { type Cursor, formatCursor } from '@/lib/stream/cursor';
import type { StreamSource } from '../ports';
import { catchUp, type Following, toEvents } from './subscriber';

/** What a subscriber is to be sent, and where it then is. */
export interface News {
  readonly cursor: Cursor;
  /** Null: there is nothing new. */
  readonly bytes: Buffer | null;
}

/**
 * One round of telling everybody. Whoever stands at the same place gets the very same bytes, made
 * once; and after it stands at the very same cursor, so that next time one look finds them together.
 */
export class Telling {
  readonly #source: StreamSource;
  readonly #byCursor = new Map<Cursor, News>();
  readonly #byPlace = new Map<string, News>();

  constructor(source: StreamSource) {
    this.#source = source;
  }

  since(following: Following, cursor: Cursor): News {
    const made = this.#byCursor.get(cursor) ?? this.#make(following, cursor);
    this.#byCursor.set(cursor, made);
    return made;
  }

  #make(following: Following, cursor: Cursor): News {
    const place = `${following.key} ${formatCursor(cursor)}`;
    const known = this.#byPlace.get(place);
    if (known) return known;
    const caught = catchUp(this.#source, following, cursor);
    const bytes = caught.frames.length === 0 ? null : Buffer.from(toEvents(caught));
    const news = { cursor: caught.cursor, bytes };
    this.#byPlace.set(place, news);
    return news;
  }
}
