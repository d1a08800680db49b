// fast-jwt or jose on Node.js:  node node_loop.mjs fast-jwt|jose ALG KEY_FILE TOKENS SECONDS
// KEY_FILE: PEM public key, for HS256 the raw secret. Prints nanoseconds a token.
import { readFileSync } from 'node:fs';
import { createPublicKey, createSecretKey } from 'node:crypto';

const [, , library, alg, keyFile, tokenFile, seconds] = process.argv;
const tokens = readFileSync(tokenFile, 'utf8').trimEnd().split('\n');
const raw = readFileSync(keyFile);
const at = 1_800_000_000_000;
let verify;
if (library === 'fast-jwt') {
  const { createVerifier } = await import('fast-jwt');
  // cache: false: a cache of tokens that were seen is another measurement.
  const verifier = createVerifier({ key: raw, algorithms: [alg], cache: false, clockTimestamp: at });
  verify = (token) => verifier(token);
} else {
  const { jwtVerify } = await import('jose');
  const key = alg === 'HS256' ? createSecretKey(raw) : createPublicKey(raw);
  verify = (token) => jwtVerify(token, key, { algorithms: [alg], currentDate: new Date(at) });
}
const round = async () => {
  for (const token of tokens) {
    const answer = verify(token);
    if (answer instanceof Promise) await answer;
  }
};
await round();
const start = process.hrtime.bigint();
let rounds = 0, elapsed = 0;
do {
  await round();
  rounds += 1;
  elapsed = Number(process.hrtime.bigint() - start);
} while (elapsed < Number(seconds) * 1e9);
console.log((elapsed / (rounds * tokens.length)).toFixed(3));
