export default {
  'home.demo': 'Six screens of one restaurant. All of it runs on this machine.', 'home.screens': 'Six screens of one restaurant.',
  'home.open': '{house} is open: {tables} tables taken, {orders} orders', 'home.rush': 'at {speed} times real speed', 'home.open_screen': 'Open',
  'home.kitchen': 'Kitchen', 'home.kitchen.what': 'Tickets on the wall. Tap each dish as it is done, then the ticket.', 'home.kitchen.as': 'Open as {name}',
  'home.waiter': 'Waiter', 'home.waiter.what': 'Tables, orders, bills, and who calls. Keeps working while the network is away.', 'home.waiter.as': 'Open as {name}',
  'home.guest': 'Table', 'home.guest.what': 'What guests see when they scan the code on the table: menu, order, where it stands.', 'home.guest.as': 'Sit down: {name}',
  'home.board': 'Board', 'home.board.what': 'Numbers that are ready, over the counter.', 'home.board.as': 'Open the board',
  'home.driver': 'Driver', 'home.driver.what': 'What waits for a rider. Who takes it first has it.', 'home.driver.as': 'Open as {name}',
  'home.manager': 'Manager', 'home.manager.what': 'What needs a decision, the last hour, screens, menu, staff, money.', 'home.manager.as': 'Open as {name}',
  'home.codes': 'QR codes', 'home.codes.alt': 'The QR codes of all tables, to print', 'home.codes.save': 'Save to print', 'home.codes.failed': 'The codes could not be made.', 'home.codes.todo': 'Try again in a moment.',
  'home.programs': 'For programs', 'home.programs.what': 'The same events, as frames', 'home.reference': 'Reference', 'home.api': 'HTTP API', 'home.health': 'health',
  'home.elsewhere': 'From another phone', 'home.elsewhere.what': 'Let the server listen on an address of your network (bind in routing.toml), and open that address there.',
};
