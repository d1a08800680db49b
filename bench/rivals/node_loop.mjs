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
// As rival.h does it: one token after the other until the time is over, as long before that to warm up.
const step = 64;
let next = 0;
const verifyUntil = async (mostNs, mostTokens) => {
  const start = process.hrtime.bigint();
  let done = 0, elapsed = 0;
  while (elapsed < mostNs && done < mostTokens) {
    for (let i = 0; i < step; i += 1) {
      const answer = verify(tokens[next]);
      if (answer instanceof Promise) await answer;
      next = next + 1 === tokens.length ? 0 : next + 1;
    }
    done += step;
    elapsed = Number(process.hrtime.bigint() - start);
  }
  return elapsed / done;
};
const ns = Number(seconds) * 1e9;
await verifyUntil(ns, tokens.length);
console.log((await verifyUntil(ns, Infinity)).toFixed(3));
