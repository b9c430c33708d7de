const userJwtToken = process.env.TOKEN;

import io from 'socket.io-client';

const socket = io('ws://localhost:3000/orders', {
  auth: { token: userJwtToken }
});

// Listen for order updates
socket.on('order-updated', (data) => {
  console.log('Order status updated:', data.order);
  // Update order tracking UI
});

// Listen for order creation confirmation
socket.on('order-created', (data) => {
  console.log('Order created:', data.order);
});
