import asyncio
import websockets
import json

async def test_websocket():
    uri = "ws://localhost:9000/ws/orders/1/"
    async with websockets.connect(uri) as websocket:
        # Receive initial status
        message = await websocket.recv()
        print(f"Received: {message}")
        
        # Send action
        await websocket.send(json.dumps({"action": "get_status"}))
        
        # Receive response
        response = await websocket.recv()
        print(f"Response: {response}")

asyncio.run(test_websocket())
