// What the screens expect of rows and frames, held against the types that the server makes of what it sends. Only `tsc` reads this: a member that the server does not
// send, may leave out, or sends as something else, is a mistake here.
import type { components } from 'maitred-rest';
import type {
  DeliveryOrder, DiningRestaurantSays, DiningSessionSays, DishGone, DeliveryOrdersHears, KitchenDish, KitchenHears, KitchenItem, KitchenOrder, KitchenStation, NotificationData,
} from 'maitred-contract';
import type * as board from '../../consumers/screens/board/state.js';
import type * as offers from '../../consumers/screens/driver/offers.js';
import type * as guest from '../../consumers/screens/guest/visit.js';
import type * as book from '../../consumers/screens/kitchen/book.js';
import type * as dishes from '../../consumers/screens/kitchen/menu.js';
import type * as wall from '../../consumers/screens/kitchen/wall.js';
import type * as bars from '../../consumers/screens/manager/bars.js';
import type * as session from '../../consumers/screens/shared/session.js';
import type * as waiter from '../../consumers/screens/waiter/model/types.js';

/** OpenAPI calls what may be null optional; the server sends it as null. */
type Whole<T> = T extends (infer One)[] ? Whole<One>[] : T extends object ? { [Key in keyof T]-?: Whole<Exclude<T[Key], undefined>> } : T;
type Schemas = components['schemas'];
type Rest = { [Name in keyof Schemas]: Whole<Schemas[Name]> };
/** Its lines are left out of lists, and never null. */
type Order = Omit<Rest['Order'], 'items'> & { items: NonNullable<Rest['Order']['items']> };
type Sent<Server extends Expected, Expected> = Server;
type FrameOf<Says, Type> = Extract<Says, { type: Type }> extends { data: infer Data } ? Data : never;

export type Rows = [
  Sent<Order, guest.Order>, Sent<Rest['Dish'], guest.Dish>, Sent<Rest['Request'], guest.Ask>, Sent<Rest['Scanned']['session'], guest.SessionData>,
  Sent<Order, waiter.Order>, Sent<Rest['Line'], waiter.Line>, Sent<Rest['Table'], waiter.Table>, Sent<Rest['Task'], waiter.Task>, Sent<Rest['Dish'], waiter.Dish>,
  Sent<Order, bars.Order>, Sent<Rest['BoardOrder'], board.Entry>,
  Sent<Rest['SignedInUser'], session.User>, Sent<Rest['Device'], session.Device>,
];

export type Frames = [
  Sent<KitchenOrder, book.Order>, Sent<KitchenItem, book.Item>, Sent<KitchenStation, wall.Station>, Sent<KitchenDish, dishes.Dish>,
  Sent<DeliveryOrder, offers.Offer>,
  Sent<Exclude<FrameOf<DiningSessionSays, 'session_update'>, { deleted: boolean }>, guest.SessionData>,
  Sent<Exclude<FrameOf<DiningSessionSays, 'menu_update'>, DishGone>, guest.Dish>,
  Sent<FrameOf<DiningRestaurantSays, 'board_update'>, board.Entry>,
];

/** Events that the screens emit are events that the server hears. */
export type Emitted = [
  Sent<'join:station' | 'orders:sync' | 'order:bump' | 'item:bump' | 'orders:recent' | 'menu:availability' | 'authenticate', keyof KitchenHears>,
  Sent<'get-available-orders' | 'accept-order' | 'update-order-status' | 'set-availability', keyof DeliveryOrdersHears>,
];
