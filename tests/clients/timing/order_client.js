class TimingOrderClient {
  constructor(baseUrl = 'ws://localhost:8000', token = null) {
    this.baseUrl = baseUrl;
    this.token = token;
    this.socket = null;
    this.reconnectAttempts = 0;
    this.maxReconnectAttempts = 5;
  }

  connect() {
    const wsUrl = `${this.baseUrl}/admin?token=${this.token}`;
    this.socket = new WebSocket(wsUrl);
    
    this.socket.onopen = () => {
      console.log('Connected to Timing API');
      this.reconnectAttempts = 0;
    };
    
    this.socket.onmessage = (event) => {
      const data = JSON.parse(event.data);
      this.handleMessage(data);
    };
    
    this.socket.onclose = () => {
      this.handleReconnect();
    };
    
    this.socket.onerror = (error) => {
      console.error('WebSocket error:', error);
    };
  }

  handleMessage(data) {
    switch (data.type) {
      case 'newOrder':
        this.onNewOrder(data.order);
        break;
      case 'orderStatusUpdate':
        this.onOrderStatusUpdate(data.order, data.status);
        break;
      default:
        console.log('Unknown message type:', data.type);
    }
  }

  onNewOrder(order) {
    // Handle new order notification
    console.log('New order received:', order);
  }

  onOrderStatusUpdate(order, status) {
    // Handle order status update
    console.log('Order status updated:', order.id, status);
  }

  handleReconnect() {
    if (this.reconnectAttempts < this.maxReconnectAttempts) {
      this.reconnectAttempts++;
      setTimeout(() => {
        console.log(`Reconnecting... (${this.reconnectAttempts}/${this.maxReconnectAttempts})`);
        this.connect();
      }, 2000 * this.reconnectAttempts);
    }
  }

  disconnect() {
    if (this.socket) {
      this.socket.close();
    }
  }
}
