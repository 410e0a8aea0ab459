// Telegram of npm telegram-test-api, unchanged, on a free port of this machine.
//
//   node telegram.mjs '{}'
import { createServer } from 'node:net'
import TelegramServer from 'telegram-test-api'

const free = () => new Promise((done, fail) => {
  const s = createServer().once('error', fail).listen(0, '127.0.0.1', () => {
    const { port } = s.address()
    s.close(() => done(port))
  })
})
const Server = TelegramServer.TelegramServer ?? TelegramServer.default ?? TelegramServer
const server = new Server({ host: '127.0.0.1', port: await free(), storeTimeout: 600 })
await server.start()
console.log(server.config.apiURL)
