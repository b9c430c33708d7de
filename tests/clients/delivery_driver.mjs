const driverJwtToken = process.env.TOKEN;

import io from 'socket.io-client';

const socket = io('ws://localhost:3000/orders', {
  auth: { token: driverJwtToken }
});

// Listen for available orders
socket.on('new-available-order', (data) => {
  console.log('New order available:', data.order);
  // Show in driver app
});

// Get all available orders
socket.emit('get-available-orders', {});
socket.on('available-orders', (data) => {
  console.log('Available orders:', data.orders);
});

// Accept an order
socket.emit('accept-order', { orderId: 123 });
socket.on('order-accepted', (data) => {
  console.log('Order accepted:', data.order);
});

// Update delivery status
socket.emit('update-order-status', {
  orderId: 123,
  status: 'delivered'
});
