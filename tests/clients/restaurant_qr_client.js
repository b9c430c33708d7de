class RestaurantQRClient {
    constructor(orderId, tableId, waiterId, restaurantId) {
        this.orderId = orderId;
        this.tableId = tableId;
        this.waiterId = waiterId;
        this.restaurantId = restaurantId;
        this.sockets = {};
    }
    
    connectOrder() {
        const url = `ws://localhost:9000/ws/orders/${this.orderId}/`;
        this.sockets.order = new WebSocket(url);
        
        this.sockets.order.onmessage = (e) => {
            const data = JSON.parse(e.data);
            this.handleOrderUpdate(data);
        };
        
        this.sockets.order.onerror = (e) => {
            console.error('Order socket error:', e);
        };
    }
    
    connectTable() {
        const url = `ws://localhost:9000/ws/tables/${this.tableId}/`;
        this.sockets.table = new WebSocket(url);
        
        this.sockets.table.onmessage = (e) => {
            const data = JSON.parse(e.data);
            this.handleTableUpdate(data);
        };
    }
    
    connectWaiter() {
        const url = `ws://localhost:9000/ws/waiters/${this.waiterId}/`;
        this.sockets.waiter = new WebSocket(url);
        
        this.sockets.waiter.onmessage = (e) => {
            const data = JSON.parse(e.data);
            this.handleWaiterNotification(data);
        };
    }
    
    connectRestaurant() {
        const url = `ws://localhost:9000/ws/restaurants/${this.restaurantId}/`;
        this.sockets.restaurant = new WebSocket(url);
        
        this.sockets.restaurant.onmessage = (e) => {
            const data = JSON.parse(e.data);
            this.handleRestaurantBroadcast(data);
        };
    }
    
    handleOrderUpdate(data) {
        console.log('Order updated:', data);
        // Update UI with new order data
    }
    
    handleTableUpdate(data) {
        console.log('Table updated:', data);
        // Update UI with table status
    }
    
    handleWaiterNotification(data) {
        console.log('Waiter notification:', data);
        // Show notification to waiter
    }
    
    handleRestaurantBroadcast(data) {
        console.log('Restaurant broadcast:', data);
        // Show broadcast to all staff
    }
    
    disconnect() {
        Object.values(this.sockets).forEach(socket => {
            if (socket) socket.close();
        });
    }
}

// Usage
const client = new RestaurantQRClient(1, 5, 10, 2);
client.connectOrder();
client.connectTable();
client.connectWaiter();
client.connectRestaurant();
