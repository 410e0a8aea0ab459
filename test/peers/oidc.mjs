// A strict OpenID provider on this machine: npm oidc-provider, unchanged but for
// the people and the client that the test names. Its own sign-in and consent
// pages are driven as a browser would.
//
//   node oidc.mjs '{"client": {"id", "secret", "redirects"}, "people": {sub: claims}}'
import { createServer } from 'node:http'
import { Provider } from 'oidc-provider'

const { client, people } = JSON.parse(process.argv[2])
const server = createServer()
server.listen(0, '127.0.0.1', () => {
  const at = `http://127.0.0.1:${server.address().port}`
  const provider = new Provider(at, {
    clients: [{ client_id: client.id, client_secret: client.secret, redirect_uris: client.redirects, token_endpoint_auth_method: 'client_secret_post' }],
    findAccount: (_, sub) => people[sub] && { accountId: sub, claims: () => ({ sub, ...people[sub] }) },
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    features: { devInteractions: { enabled: true }, revocation: { enabled: true } },
    cookies: { keys: ['for tests on this machine'] },
  })
  server.on('request', provider.callback())
  console.log(at)
})
