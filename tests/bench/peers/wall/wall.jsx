// The kitchen's wall with socket.io-client and React, as somebody would write it who knows both: one reducer, memoized tickets, one clock for all. It draws the same
// tickets, rail and all-day list with the same style sheets, of the same server: by single events, as the kitchen's document shows it, or in batches (`?batch`), as our wall does.
import { createContext, memo, useContext, useEffect, useMemo, useReducer, useState } from 'react';
import { createRoot } from 'react-dom/client';
import { io } from 'socket.io-client';

const { server, token, restaurant, station } = window.given;
const CELLS = 10;
const isBatched = location.search === '?batch';
const NAMES = ['orders:sync:complete', ...(isBatched ? ['orders:batch_update'] : ['order:created', 'order:updated', 'order:status_changed', 'order:deleted'])];
const ACTIVE = ['pending', 'confirmed', 'preparing'];

function reduce(orders, { name, data }) {
  switch (name) {
    case 'orders:sync:complete':
      return Object.fromEntries(data.orders.map((order) => [order.id, order]));
    case 'order:created':
      return { ...orders, [data.id]: data };
    case 'order:updated':
      return { ...orders, [data.order.id]: data.order };
    case 'order:status_changed': {
      const known = orders[data.orderId];
      return known && known.version <= data.version ? { ...orders, [known.id]: { ...known, status: data.status, canonical_status: data.canonical_status, version: data.version } } : orders;
    }
    case 'order:deleted': {
      const { [data.orderId]: gone, ...rest } = orders;
      return rest;
    }
    case 'orders:batch_update':
      return data.reduce((all, { event, data: of }) => reduce(all, { name: event, data: of }), orders);
    default:
      return orders;
  }
}

const Now = createContext(0);
const two = (n) => String(n).padStart(2, '0');

function Age({ since, level }) {
  const ms = Math.max(0, useContext(Now) - since);
  const minutes = Math.floor(ms / 60000);
  const text = minutes < 60 ? `${minutes}:${two(Math.floor(ms / 1000) % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}`;
  return level ? <time className="n">{text}</time> : <span>{text}</span>;
}

const code = (order) => order.table_number ?? order.code ?? order.order_number;
const open = (item) => item.station === station && (item.status === 'queued' || item.status === 'preparing');
const since = (order) => Math.min(...order.items.filter(open).map((item) => Date.parse(item.fired_at)));

const Line = memo(function Line({ item, onTick }) {
  const isDone = item.status === 'ready';
  return (
    <li className={isDone ? 'done' : item.status === 'voided' ? 'void' : 'open'}>
      <button type="button" aria-label={`${item.quantity} ${item.name}`} onClick={() => onTick(item)}>
        <b className="n">{isDone ? '✓' : item.quantity}</b>
        <span>
          <strong>{item.name}</strong>
          {item.modifiers.length || item.notes ? (
            <small>
              {item.modifiers.map((modifier) => (
                <em key={modifier.name} className={modifier.kind === 'removal' ? 'no' : modifier.kind === 'addition' ? 'add' : 'is'}>{modifier.name}</em>
              ))}
              {item.notes ? <q>{item.notes}</q> : null}
            </small>
          ) : null}
        </span>
      </button>
    </li>
  );
});

const Ticket = memo(function Ticket({ order, n, onTick, onDone }) {
  const items = order.items.filter((item) => item.station === station && item.status !== 'held');
  return (
    <article className="tk cook" style={{ '--x': Math.floor(n / 2), '--y': n % 2 }} aria-label={code(order)} tabIndex={-1}>
      <header>
        <h2 className="n">{code(order)}</h2>
        <Age since={since(order)} level />
      </header>
      <p className="who"><span>{[order.guests_count && `${order.guests_count} guests`, order.waiter_name].filter(Boolean).join(' · ')}</span></p>
      {items.filter((item) => item.allergy).map((item) => (
        <button key={item.id} type="button" className="alg"><span><b>ALLERGY</b> {item.allergy}</span></button>
      ))}
      <ul>{items.map((item) => <Line key={item.id} item={item} onTick={onTick} />)}</ul>
      <footer><button type="button" className="bump" onClick={() => onDone(order)}><kbd>{n + 1}</kbd>Done</button></footer>
    </article>
  );
});

function App() {
  const [orders, dispatch] = useReducer(reduce, {});
  const [now, setNow] = useState(Date.now());
  const [link, setLink] = useState('connecting');
  const [socket, setSocket] = useState(null);

  useEffect(() => {
    const client = io(server, { path: '/kitchen/socket.io/', auth: { token, batch: isBatched }, transports: ['websocket'] });
    client.on('connect', () => {
      setLink('live');
      client.emit('join:station', { restaurantId: restaurant, station });
      client.emit('orders:sync', { restaurantId: restaurant });
    });
    client.on('disconnect', () => setLink('lost'));
    for (const name of NAMES) client.on(name, (data) => dispatch({ name, data }));
    setSocket(client);
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => {
      client.close();
      clearInterval(timer);
    };
  }, []);

  const { onTick, onDone } = useMemo(() => ({
    onTick: (item) => socket?.emit('item:bump', { itemId: item.id, status: item.status === 'ready' ? 'preparing' : 'ready' }),
    onDone: (order) => socket?.emit('order:bump', { orderId: order.id, station }),
  }), [socket]);
  const hung = useMemo(() => Object.values(orders).filter((order) => ACTIVE.includes(order.canonical_status) && order.items.some(open)).sort((a, b) => since(a) - since(b)), [orders]);
  const dishes = useMemo(() => {
    const sums = {};
    for (const order of hung) for (const item of order.items) if (open(item)) sums[item.name] = (sums[item.name] ?? 0) + item.quantity;
    return Object.entries(sums).sort((a, b) => b[1] - a[1]);
  }, [hung]);

  return (
    <Now.Provider value={now}>
      <div className="wall" data-link={link} style={{ '--cols': 5, '--rows': 2 }}>
        <header className="top">
          <div className="middle"><div className="load"><span><b className="n">{hung.length}</b>open</span></div></div>
          <span className="beat"><i />{link}</span>
          <time className="n">{new Date(now).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}</time>
        </header>
        <main>{hung.slice(0, CELLS).map((order, n) => <Ticket key={order.id} order={order} n={n} onTick={onTick} onDone={onDone} />)}</main>
        <aside><h3>All day, still to make</h3><ul>{dishes.slice(0, 10).map(([name, n]) => <li key={name}><b className="n">{n}</b><span>{name}</span></li>)}</ul></aside>
        <div className="rail">
          <p className="none"><b className="n">{Math.max(0, hung.length - CELLS)}</b>next</p>
          <ol>{hung.slice(CELLS, CELLS + 18).map((order) => <li key={order.id}><b className="n">{code(order)}</b><Age since={since(order)} /></li>)}</ol>
        </div>
      </div>
    </Now.Provider>
  );
}

createRoot(document.getElementById('app')).render(<App />);
