const restaurantJwtToken = process.env.TOKEN;

import io from 'socket.io-client';

const socket = io('ws://localhost:3000/orders', {
  auth: { token: restaurantJwtToken }
});

// Listen for new orders
socket.on('new-order', (data) => {
  console.log('New order received:', data.order);
  // Update restaurant dashboard
});

// Update order status
socket.emit('update-order-status', {
  orderId: 123,
  status: 'preparing'
});

// Get all restaurant orders
socket.emit('get-restaurant-orders', {});
socket.on('restaurant-orders', (data) => {
  console.log('Restaurant orders:', data.orders);
});
