import { useTimingOrders } from './hooks/useTimingOrders';

const OrderDashboard = ({ token }) => {
  const { orders, connectionStatus, newOrderNotification, updateOrderStatus } = useTimingOrders(token);

  const handleStatusUpdate = async (orderId, newStatus) => {
    try {
      await updateOrderStatus(orderId, newStatus);
    } catch (error) {
      alert('Failed to update order status');
    }
  };

  return (
    <div className="p-6">
      {/* Connection Status */}
      <div className="mb-4">
        <span className={`px-3 py-1 rounded-full text-sm font-medium ${
          connectionStatus === 'connected' 
            ? 'bg-green-100 text-green-800' 
            : 'bg-red-100 text-red-800'
        }`}>
          {connectionStatus === 'connected' ? 'ðŸŸ¢ Connected' : 'ðŸ”´ Disconnected'}
        </span>
      </div>

      {/* New Order Notification */}
      {newOrderNotification && (
        <div className="mb-4 p-4 bg-blue-50 border border-blue-200 rounded-lg">
          <h3 className="font-bold text-blue-800">ðŸ†• New Order!</h3>
          <p>Order #{newOrderNotification.id} from {newOrderNotification.customer_info.name}</p>
        </div>
      )}

      {/* Orders List */}
      <div className="space-y-4">
        {orders.map(order => (
          <div key={order.id} className="border rounded-lg p-4 bg-white shadow">
            <div className="flex justify-between items-start mb-2">
              <div>
                <h3 className="font-bold">Order #{order.id}</h3>
                <p className="text-gray-600">{order.customer_info.name}</p>
              </div>
              <OrderStatusBadge status={order.status} />
            </div>
            
            <div className="mb-3">
              <p className="text-sm text-gray-500">
                Created: {new Date(order.created_at).toLocaleString()}
              </p>
              <p className="font-semibold">Total: à¸¿{order.total}</p>
            </div>

            {/* Status Update Buttons */}
            <div className="flex gap-2 flex-wrap">
              {['pending', 'preparing', 'ready', 'completed'].map(status => (
                <button
                  key={status}
                  onClick={() => handleStatusUpdate(order.id, status)}
                  disabled={order.status === status}
                  className={`px-3 py-1 rounded text-sm font-medium ${
                    order.status === status
                      ? 'bg-gray-200 text-gray-500 cursor-not-allowed'
                      : 'bg-blue-500 text-white hover:bg-blue-600'
                  }`}
                >
                  {status.charAt(0).toUpperCase() + status.slice(1)}
                </button>
              ))}
            </div>
          </div>
        ))}
      </div>
    </div>
  );
};
