// For React Native WebSocket
import { useEffect, useState } from 'react';

export const useTimingOrdersNative = (token) => {
  const [orders, setOrders] = useState([]);
  const [connectionStatus, setConnectionStatus] = useState('disconnected');

  useEffect(() => {
    if (!token) return;

    const ws = new WebSocket(`ws://your-api-url.com/admin?token=${token}`);

    ws.onopen = () => {
      setConnectionStatus('connected');
    };

    ws.onmessage = (event) => {
      const data = JSON.parse(event.data);
      
      if (data.type === 'newOrder') {
        setOrders(prev => [data.order, ...prev]);
        // Show push notification
        showLocalNotification('New Order', `Order #${data.order.id} received`);
      } else if (data.type === 'orderStatusUpdate') {
        setOrders(prev => 
          prev.map(order => 
            order.id === data.order.id 
              ? { ...order, status: data.status }
              : order
          )
        );
      }
    };

    ws.onclose = () => {
      setConnectionStatus('disconnected');
    };

    return () => ws.close();
  }, [token]);

  return { orders, connectionStatus };
};
