// Google as npm emulate plays it, on this machine: OAuth, Gmail, Calendar, Drive.
//
//   node google.mjs '<seed of the google service as JSON>'
import { createServer } from 'node:net'
import { createEmulator } from 'emulate'

// The emulator wants a number of a port that is free.
const probe = createServer()
await new Promise((done) => probe.listen(0, '127.0.0.1', done))
const { port } = probe.address()
await new Promise((done) => probe.close(done))

const google = await createEmulator({ service: 'google', port, seed: { google: JSON.parse(process.argv[2]) } })
console.log(google.url)
