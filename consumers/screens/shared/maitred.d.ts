/**
 * A client of maitred for browsers: connections that resume where they were, a heartbeat, the server's clock, and an outbox that survives a crash. It needs nothing else.
 * Times are milliseconds. Ages are measured by a clock that nobody sets, so a device whose clock is wrong, or jumps, counts right.
 *
 * `maitred.js` has at most 6 KB, compressed, as it is served. So the reasons stand here, by the names in the code:
 * - `PING`, `OLD`, `LOST`: a channel is asked every 2 s; not heard for 5 s, it is old; for 8 s, lost, and made anew. `ANSWER`: also an attempt to connect has 8 s, because a network that swallows everything never says that it failed.
 * - `HELD`, `ENTRIES`: so many events are held while the state is read (if more come, it is read again); so many entries fit into an outbox (more than a person oversees).
 * - `newKey`: `crypto.randomUUID` is missing on pages that came by plain HTTP from another machine.
 * - `raise`: a page's own mistake goes to the page's error handler, and stops nothing here.
 * - `#closed`: 4010 and 1001 come back at once; 1012 within a second, at random, so that not all come back at the same moment; 4429 after 3 s; everything else after 0.5, 1, 2, 4, 5 s, give or take a quarter.
 * - `ping`: the first pong means that the server has let the channel in, so every later event is heard, and a state that is read from then on misses nothing.
 * - `#held`: events that come before the state was read are told after it.
 * - `#packet`: Engine.IO 4: `0` opens, `2` asks, `4` is a packet of Socket.IO: `0` connected, `1` left, `2` event, `3` acknowledgement, `4` refused. To be sent away by the server has no close code there, so it is taken from the error.
 * - `Outbox`: an entry is not due before it is stored. What was on its way when the page ended may have arrived: its key makes it safe to repeat.
 * - `database`: where a browser forbids it, opening may just hang.
 * - `learn`: a clock that an answer cannot contradict is kept, so timers do not jump with every slow answer.
 * - `#tick`: a page that slept shows what is old, but nobody has failed to answer yet: it is old, not lost.
 * - `changed`: what was lost is back only when all channels answer.
 * - `renewed`: several that ask for a token at once are answered together. A 401 about what a person typed asks for none.
 */

/** `old`: not heard for 5 s. `lost`: for 8 s; the connection is made anew. `denied`: it does not come back by itself. */
export type State = 'connecting' | 'live' | 'old' | 'lost' | 'denied';

export interface Link {
  state: State;
  /** Milliseconds since the server was last heard on all channels. */
  age: number;
  /** What a denied one lacks: a token (4401, 4408), the right (4403), or what it is about (4404). */
  why?: 'token' | 'forbidden' | 'gone';
  /** The close code of a denied one. */
  code?: number;
  /** For 6 s after it was lost: how long nothing was heard. */
  back?: { at: number; away: number };
}

export interface Answer {
  status: number;
  body: any;
  /** No event of the command has a higher number. Null: nothing was written. */
  asOf: number | null;
  headers?: Headers;
}

export interface About {
  /** The event's number. */
  seq?: number;
  /** It happened while this page was away. */
  missed: boolean;
  /** Socket.IO: the arguments after the first. */
  rest?: any[];
}

export interface Handlers {
  /** The channel's name, for entries of the outbox that go over it (`via`) or wait for it (`on`). */
  name?: string;
  /** Socket.IO: the namespace, `/` if left out. */
  namespace?: string;
  /** Socket.IO: what is sent with the token. */
  auth?: object;
  /**
   * Reads the whole state: at first, and when what was missed cannot be told (`reset`). It runs when the server has let the channel in, and events that come meanwhile are told after it, so nothing is missed.
   * With Socket.IO the rooms are joined here. If it fails because of the network, the channel begins anew.
   */
  load?: (channel: Channel, why: 'first' | 'reset') => unknown;
  /** Raw: `(frame, about)`. Socket.IO: `(name, argument, about)`. The number of an event counts as seen when this has returned. */
  event?: (what: any, data?: any, about?: any) => void;
  /** A mistake that no `send` or `emit` waits for; a namespace that was refused. */
  refused?: (error: Refusal) => void;
}

/** What is to be done: a request, or an action over the channel `via`. */
export interface Wish {
  /** Made if left out. The same key twice is one entry. */
  key?: string;
  method?: string;
  path?: string;
  /** The name of a channel, with `action`: a raw channel's action or a Socket.IO event. */
  via?: string;
  action?: string;
  body?: any;
  /** The page's own, as JSON: what lists and cards say of it. */
  label?: any;
  /** The page's own, as JSON: the change as it is hoped for. A page folds the patches of all entries over the server's state when it draws. */
  patch?: any;
  /** The name of the channel whose stream must have passed the acknowledgement before the entry, and its patch, vanish. */
  on?: string;
  /** Milliseconds before it may be sent. Others overtake it. A page that comes back sends it at once. */
  after?: number;
}

export interface Entry extends Wish {
  key: string;
  /** By the server's clock. */
  made_at: number;
  /** @internal by the page's own clock */
  due: number;
  state: 'waiting' | 'sending' | 'acked' | 'refused';
  answer?: Answer;
  refusal?: { code: string; status: number; message: string; body?: any };
}

/** Where an outbox keeps its entries. */
export interface Storage {
  all(): Promise<Entry[]>;
  put(entry: Entry): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** The server understood and says no: `code` for programs, `message` for people. `status` 0: it came over a socket. */
export class Refusal extends Error {
  constructor(status: number, body: any);
  status: number;
  code: string;
  body: any;
  /** Whether the same may work later. */
  readonly passes: boolean;
}

/** No answer, so whether it was done is unknown. Ask again with the same key. */
export class Offline extends Error {
  code: 'OFFLINE';
}

/** An idempotency key. */
export function newKey(): string;

/** Stores the row, unless one is there that is as new (`version`). */
export function newer<Id, Row extends { version: number; id?: any }>(rows: Map<Id, Row>, row: Row, id?: Id): boolean;

/** One connection: a raw WebSocket, or a namespace of Socket.IO. Made by {@link Maitred}. */
export class Channel {
  /** Whether the server has let it in. */
  open: boolean;
  /** The number of the last event that was processed: with it the channel comes back. */
  seq: number | null;
  readonly on: Handlers;
  /** What it lacks, if it does not come back by itself. */
  readonly why?: Link['why'];
  /** A command over a raw channel. @returns the acknowledgement's `data` */
  send(action: string, members?: object, options?: { key?: string }): Promise<any>;
  /** An event of Socket.IO with an acknowledgement. */
  emit(name: string, argument?: any): Promise<any>;
  /** An event of Socket.IO that nobody waits for. */
  tell(name: string, argument?: any): void;
  /** Asks for a sign of life now. */
  ping(): Promise<void>;
  /** Reads the whole state again. */
  reload(): Promise<void>;
  close(): void;
}

/** Commands that are stored before they are sent, and sent in the order they were made. Made by {@link Maitred}. */
export class Outbox {
  readonly entries: Entry[];
  /** False: nothing can be stored here, entries live as long as the page. */
  readonly kept: boolean;
  /** What the last page left is read. */
  readonly ready: Promise<void>;
  /** Entries that are not acknowledged. */
  readonly count: number;
  /** Resolves when it is stored. Throws a {@link Refusal} `OUTBOX_FULL` when 200 wait. */
  put(wish: Wish): Promise<Entry>;
  /** The answer, when there is one; throws the {@link Refusal}, `CANCELLED` if it was taken back. */
  settled(key: string): Promise<Answer>;
  /** Sends now what waits for its time: one entry, or all. */
  flush(key?: string): void;
  /** Takes back what is not on its way, and forgets what was refused. */
  drop(key: string): boolean;
  /** Sends a refused one again, as a new wish: to the old key the server would repeat its answer. */
  again(key: string): Promise<Entry | undefined>;
  watch(fn: () => void): () => void;
}

export interface Options {
  /** `http://host:port`; left out: that of the page. */
  origin?: string;
  token?: string | null;
  /** Of the outbox in the browser's database: one per program and person. */
  name?: string;
  /** Gives a new token of the same subject when this one ends, or null. */
  renew?: () => Promise<string | null>;
  storage?: Storage;
  WebSocket?: any;
}

/** What a page has of the server: channels, REST, an outbox, a clock, and whether all of it is live. */
export class Maitred {
  constructor(options?: Options);
  readonly origin: string;
  readonly token: string | null;
  readonly channels: Set<Channel>;
  readonly link: Link;
  readonly outbox: Outbox;
  /** The server's time. Until it was heard, the device's. */
  now(): number;
  /** Called when the link changes, and each second while it is not live. @returns a function that ends it */
  watch(fn: (link: Link) => void): () => void;
  /** `event(frame, about)` */
  raw(path: string, handlers: Omit<Handlers, 'event'> & { event?: (frame: any, about: About) => void }): Channel;
  /** `event(name, argument, about)` */
  socketIo(path: string, handlers: Omit<Handlers, 'event'> & { event?: (name: string, argument: any, about: About) => void }): Channel;
  /** A new token: in band where a channel is open; what was denied comes back. */
  authenticate(token: string | null): void;
  /** `key`: its Idempotency-Key. Throws {@link Refusal} or {@link Offline}. */
  rest(method: string, path: string, body?: any, options?: { key?: string; headers?: Record<string, string> }): Promise<Answer>;
  close(): void;
}
