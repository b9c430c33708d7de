// The client's side of the kitchen's document, as written. What it leaves to the reader stands before it.
const url = 'ws://localhost:3001';
const restaurantId = '11111111-1111-1111-1111-111111111111';
const localStorage = { getItem: () => process.env.TOKEN };
const orders = new Map();
const addOrder = (order) => console.log('added', orders.set(order.id, order).size > 0);
const updateOrder = (data) => console.log('updated', data.changes.join());
const removeOrder = (data) => console.log('removed', orders.delete(data.orderId) || data.orderId);

// --- Connection Example
import io from 'socket.io-client'

const socket = io('ws://localhost:3001', {
  auth: {
    token: process.env.TOKEN
  },
  transports: ['websocket'],
  reconnection: true,
  reconnectionAttempts: 5,
  reconnectionDelay: 1000
})

// Join restaurant room
socket.emit('join:restaurant', restaurantId)

// --- Server → Client Events
socket.on('order:created', (order) => {
  console.log('New order:', order)
})
socket.on('order:updated', (data) => {
  console.log('Order updated:', data.order)
})
socket.on('order:status_changed', (data) => {
  console.log(`Order ${data.orderId} status: ${data.status}`)
})
socket.on('order:deleted', (data) => {
  console.log('Order deleted:', data.orderId)
})
socket.on('table:ready', (data) => {
  console.log(`Table ${data.tableNumber} is ready`)
})
socket.on('kitchen:alert', (alert) => {
  console.log('Kitchen alert:', alert.message)
})
socket.on('connection:status', (status) => {
  console.log('Connection:', status.state)
})

// --- Error Events
socket.on('error', (error) => {
  console.error('WebSocket error:', error)
})

socket.on('connect_error', (error) => {
  console.error('Connection error:', error.message)
})

socket.on('disconnect', (reason) => {
  console.log('Disconnected:', reason)
  // Reasons: 'io server disconnect', 'ping timeout', 'transport close'
})

// --- From REST Polling to WebSocket
socket.on('order:created', addOrder)
socket.on('order:updated', updateOrder)
socket.on('order:deleted', removeOrder)

// --- Client → Server Events; the answers are named under them
socket.on('orders:sync:complete', ({ orders }) => console.log('Synced:', orders.map((order) => order.order_number).join(' ')))
socket.on('table:completed', (data) => console.log('Completed:', data.tableNumber, data.orderIds.length))
socket.emit('join:restaurant', '11111111-1111-1111-1111-111111111111')
socket.emit('orders:sync', {
  restaurantId: '11111111-1111-1111-1111-111111111111',
  statuses: ['new', 'pending', 'confirmed', 'preparing', 'ready']
})
socket.emit('order:update_status', {
  orderId: 'order-123',
  status: 'preparing',
  restaurantId: '11111111-1111-1111-1111-111111111111'
})
socket.emit('table:complete', {
  tableNumber: '5',
  restaurantId: '11111111-1111-1111-1111-111111111111'
})
// --- Station Rooms
socket.emit('join:station', {
  restaurantId: '11111111-1111-1111-1111-111111111111',
  station: 'expo'  // 'kitchen', 'expo', 'bar', 'pos'
})

{
  // --- Authentication
  const socket = io(url, {
    auth: {
      token: localStorage.getItem('auth-token')
    }
  })
  socket.on('connect', () => console.log('By localStorage:', socket.connected))
}
{
  // --- Message Compression; the snippet has no token, and nobody gets in without one
  const socket = io(url, {
    auth: { token: process.env.TOKEN },
    transports: ['websocket'],
    perMessageDeflate: {
      threshold: 1024  // Compress messages > 1KB
    }
  })
  socket.on('orders:sync:complete', () => console.log('Compressed:', /permessage-deflate/.test(socket.io.engine.transport.ws.extensions)))
  socket.emit('orders:sync', { restaurantId })
}
{
  // --- Manual Reconnection
  const socket = io(url, { auth: { token: process.env.TOKEN }, forceNew: true, reconnection: false })
  let times = 0
  socket.on('connect', () => {
    times += 1
    if (times === 2) console.log('Connected again')
    else socket.io.engine.close()
  })
  socket.on('disconnect', () => {
    setTimeout(() => {
      socket.connect()
    }, 1000)
  })
}
