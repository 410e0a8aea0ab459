// Drives the API with a client that a public generator made from the document.
// Argument: {client, base, email, password, code, hook}. It says one JSON a line and
// goes on when a line comes in.
const { join } = require("node:path");
const readline = require("node:readline");

const [, , argument] = process.argv;
const { client: folder, base, email, password, code, hook } = JSON.parse(argument);
const api = require(join(folder, "index.js"));
const { client } = require(join(folder, "client.gen.js"));

const input = readline.createInterface({ input: process.stdin })[Symbol.asyncIterator]();
const say = (v) => process.stdout.write(JSON.stringify(v) + "\n");
const go = () => input.next();
const sleep = (ms) => new Promise((done) => setTimeout(done, ms));

// good gives the data of an answer, and ends the script with the problem of any other.
function good(what, { data, error, response }) {
  if (error || !response || !response.ok) {
    throw new Error(what + ": " + (response && response.status) + " " + JSON.stringify(error));
  }
  return data;
}

async function until(what, ask) {
  for (let i = 0; i < 300; i++) {
    const got = await ask();
    if (got) return got;
    await sleep(100);
  }
  throw new Error(what + " did not happen");
}

async function main() {
  client.setConfig({ baseUrl: base });
  const session = good("signIn", await api.signIn({ body: { email, password, code } }));
  client.setConfig({ baseUrl: base, auth: session.access_token });
  const again = good("refreshSession", await api.refreshSession({ body: { refresh_token: session.refresh_token } }));
  client.setConfig({ baseUrl: base, auth: again.access_token });
  const token = good("createToken", await api.createToken({
    headers: { "Idempotency-Key": "token-1" },
    body: { name: "e2e", scopes: ["transactions:read", "targets:read", "targets:write"], ends_at: new Date(Date.now() + 864e5).toISOString() },
  }));
  client.setConfig({ baseUrl: base, auth: token.token });
  const agent = good("getAgent", await api.getAgent());
  const target = good("createTarget", await api.createTarget({ headers: { "Idempotency-Key": "target-1" }, body: { url: hook } }));
  const twice = await api.createTarget({ headers: { "Idempotency-Key": "target-1" }, body: { url: hook } });
  const refused = await api.correctTransaction({ path: { id: target.id }, body: { note: "x" } });
  const targets = good("listTargets", await api.listTargets());
  say({ agent: agent.address, secret: target.secret, twice: twice.error.code, refused: refused.error.code, targets: targets.items.length });
  await go(); // the receiver knows the secret
  const test = good("testTarget", await api.testTarget({ path: { id: target.id } }));
  say({ taken: test.taken });
  await go(); // the mail was sent
  const list = await until("the transaction", async () => {
    const got = good("listTransactions", await api.listTransactions({ query: { limit: 10, state: "booked" } }));
    return got.items.length ? got.items : null;
  });
  const delivered = await until("the delivery", async () => {
    const got = good("listDeliveries", await api.listDeliveries({ path: { id: target.id }, query: { state: "delivered" } }));
    return got.items.find((d) => d.transaction === list[0].id);
  });
  say({ transactions: list.length, amount: list[0].amount, currency: list[0].currency, merchant: list[0].merchant, event: delivered.event });
  const out = await api.signOut();
  const after = await api.listTransactions({ query: {} });
  say({ out: out.response.status, after: after.error.code });
}

main().catch((e) => {
  console.error(e.message);
  process.exit(1);
});
