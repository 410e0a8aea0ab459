// OpenAI and Anthropic of npm @copilotkit/aimock, unchanged, on a free port of this
// machine. They answer whoever asks under a schema with one text, others not at all.
//
//   node models.mjs '{"answer": "{}"}'
import { LLMock } from '@copilotkit/aimock'

const { answer } = JSON.parse(process.argv[2])
const mock = new LLMock({ port: 0, host: '127.0.0.1' })
mock.on({ predicate: (request) => request.messages?.some((m) => m.role === 'user') }, { content: answer })
await mock.start()
console.log(mock.url)
