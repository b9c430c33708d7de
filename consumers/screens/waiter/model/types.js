/**
 * The shapes that this screen reads and keeps. Amounts are decimal text as the server writes them, times ISO 8601.
 *
 * @typedef {{name: string, price: string, quantity: number}} Modifier
 *
 * @typedef {object} Line
 * @property {number} id
 * @property {string} [uuid] made by the client that ordered it
 * @property {number|null} menu_item_id
 * @property {string} name
 * @property {number} quantity
 * @property {string} price of one, modifiers included
 * @property {'held'|'queued'|'preparing'|'ready'|'served'|'voided'} status
 * @property {number|null} seat
 * @property {number|null} course
 * @property {Modifier[]} modifiers
 * @property {string|null} note
 * @property {string|null} allergy
 * @property {number} version
 * @property {string|null} [fired_at] where the cook's timer starts
 * @property {string|null} [ready_at]
 * @property {string|null} [void_reason]
 * @property {string|null} [void_acked_at] when a cook confirmed to have stopped
 * @property {string|null} [allergy_acked_at]
 * @property {string|null} [seen_at] when a station's screen had it
 * @property {boolean} [waiting] it is in the outbox: the server has not got it
 *
 * @typedef {object} Order
 * @property {number} id
 * @property {string} uuid
 * @property {string} public_id
 * @property {string} [code]
 * @property {string} status canonical
 * @property {string} type
 * @property {string} source
 * @property {number|null} table_id
 * @property {string|null} table_number
 * @property {number|null} session_id
 * @property {number|null} waiter_id
 * @property {Line[]} [items] absent in lists
 * @property {number} items_count
 * @property {string} total_amount
 * @property {string} paid_amount
 * @property {string} balance
 * @property {string} currency
 * @property {string|null} note
 * @property {string|null} allergy_note
 * @property {string|null} created_at
 * @property {string|null} confirmed_at
 * @property {string|null} ready_at
 * @property {string|null} [seen_at]
 * @property {number} version
 *
 * @typedef {object} Visit a table's session
 * @property {number} id
 * @property {string} session_code
 * @property {number} guests_count
 * @property {string|null} started_at
 * @property {number|null} waiter_id
 * @property {number} version
 *
 * @typedef {object} Table
 * @property {number} id
 * @property {string} number
 * @property {number} capacity
 * @property {boolean} is_occupied
 * @property {boolean} is_active
 * @property {string|null} zone
 * @property {number} restaurant_id
 * @property {string} restaurant the restaurant's name
 * @property {Visit|null} session
 * @property {number} version
 *
 * @typedef {object} Task
 * @property {number} id
 * @property {string} kind 'serve', 'call_waiter', 'bill', 'custom', ...
 * @property {string} title
 * @property {'open'|'acknowledged'|'done'|'cancelled'} status
 * @property {number} priority
 * @property {number|null} assignee_id
 * @property {number|null} order_id
 * @property {number|null} table_id
 * @property {string|null} table_number
 * @property {string|null} created_at
 * @property {number} version
 *
 * @typedef {object} Notice a notification
 * @property {string} notification_id
 * @property {string} type 'order_notification', 'payment_notification', 'task_notification', 'alert', 'broadcast'
 * @property {string} [event]
 * @property {string} [kind]
 * @property {string} [title]
 * @property {string} message
 * @property {number} priority
 * @property {number} [order_id]
 * @property {number} [table_id]
 * @property {string} [table_number]
 * @property {number} [task_id]
 * @property {string} [amount]
 * @property {string|null} created_at
 * @property {number} version
 * @property {string|null} [by] who took it
 * @property {number|null} [acknowledged_by]
 * @property {string|null} [acknowledged_at]
 *
 * @typedef {{id: number, name: string, price: string}} Choice
 * @typedef {{name: string, min: number, max: number, modifiers: Choice[]}} Choices
 *
 * @typedef {object} Dish
 * @property {number} id
 * @property {string|null} category
 * @property {string} name
 * @property {string} description
 * @property {string} price
 * @property {boolean} is_available
 * @property {string[]} allergens
 * @property {number|null} course
 * @property {Choices[]} choices
 * @property {number} version
 * @property {number|null} [left] how many can still be sold
 * @property {string|null} [sold_out_at]
 *
 * @typedef {object} BasketLine a line that was not sent yet
 * @property {string} uuid the line's name for ever: sent twice, it is one line
 * @property {number|null} menu_item_id null: free text
 * @property {string} name
 * @property {string} price of one, without modifiers
 * @property {number} quantity
 * @property {Choice[]} modifiers
 * @property {number|null} seat
 * @property {number|null} course
 * @property {string} note
 * @property {string} allergy
 * @property {boolean} hold
 *
 * @typedef {object} Floor everything the server has told
 * @property {Record<number, Table>} tables
 * @property {Record<number, Order>} orders
 * @property {Record<number, Task>} tasks
 * @property {Record<string, Notice>} notices
 * @property {Dish[]} menu
 * @property {Record<number, string>} names of those who serve, by id
 */

export {};
