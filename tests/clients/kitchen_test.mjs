// The test of the kitchen's document, under as much of a test runner as it needs. Two lines are ours: the snippet has no token, which the same document
// demands, and joins no restaurant, without which nobody hears anything.
import { io } from 'socket.io-client'

const hooks = {}
const beforeEach = (run) => { hooks.before = run }
const afterEach = (run) => { hooks.after = run }
const describe = (name, body) => body()
const expect = (value) => ({ toHaveProperty: (name) => { if (!(name in value)) throw new Error(`no ${name}`) } })
const test = (name, body) => {
  hooks.before()
  body(() => { hooks.after(); console.log('passed:', name) })
}

describe('WebSocket Events', () => {
  let socket
  
  beforeEach(() => {
    socket = io('http://localhost:3001', {
      auth: { token: process.env.TOKEN }, // ours
      autoConnect: false
    })
  })
  
  afterEach(() => {
    socket.disconnect()
  })
  
  test('should receive order updates', (done) => {
    socket.on('order:created', (order) => {
      expect(order).toHaveProperty('id')
      done()
    })
    socket.connect()
    socket.emit('join:restaurant', '11111111-1111-1111-1111-111111111111', () => console.log('joined')) // ours
  })
})
