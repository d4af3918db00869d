// Asks verifiers that others wrote what they make of badges. Standard input: {documents: {address: {type, text}},
// badges: [{json} | {token}]}; standard output: one list of verdicts for each badge. Nothing is fetched from a network:
// an address that is not among the documents does not exist.
import {readFileSync} from 'node:fs';

console.log = console.error; // one of them speaks while it works

const asked = JSON.parse(readFileSync(0, 'utf8'));

globalThis.fetch = async (request) => {
  const address = typeof request === 'string' ? request : request.url ?? String(request);
  const found = asked.documents[address];
  const response = found
    ? new Response(found.text, {status: 200, headers: {'content-type': found.type}})
    : new Response('There is nothing here.', {status: 404});
  Object.defineProperty(response, 'url', {value: address});
  return response;
};

const {DataIntegrityProof} = await import('@digitalbazaar/data-integrity');
const {cryptosuite} = await import('@digitalbazaar/eddsa-rdfc-2022-cryptosuite');
const vc = await import('@digitalbazaar/vc');
const {checkStatus} = await import('@digitalbazaar/vc-bitstring-status-list');
const {securityLoader} = await import('@digitalcredentials/security-document-loader');
const {verifyCredential} = await import('@digitalcredentials/verifier-core');
const {decodeProtectedHeader, importJWK, jwtVerify, decodeJwt} = await import('jose');

const known = securityLoader().build();

async function load(address) {
  const [place] = address.split('#');
  if (address.startsWith('did:web:')) {
    const parts = place.split(':').slice(2).map(decodeURIComponent);
    const path = parts.length > 1 ? parts.slice(1).join('/') : '.well-known';
    const document = JSON.parse(text(`https://${parts[0]}/${path}/did.json`));
    if (place === address) return {documentUrl: address, document};
    const method = document.verificationMethod.find(each => each.id === address);
    if (!method) throw new Error(`no key ${address}`);
    return {documentUrl: address, document: {'@context': 'https://w3id.org/security/multikey/v1', ...method}};
  }
  if (asked.documents[address]) return {documentUrl: address, document: JSON.parse(text(address))};
  return known(address);
}

function text(address) {
  if (!asked.documents[address]) throw new Error(`NotFoundError: ${address}`);
  return asked.documents[address].text;
}

async function byDigitalBazaar(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await vc.verifyCredential({credential, suite, documentLoader: load, checkStatus});
  const states = result.statusResult?.results ?? [];
  const set = states.filter(each => each.status).map(each => each.credentialStatus.statusPurpose);
  return {accepted: result.verified && set.length === 0, why: set.join() || String(result.error?.errors ?? result.error ?? result.statusResult?.error ?? '')};
}

async function byDigitalCredentials(credential) {
  const result = await verifyCredential({credential, knownDIDRegistries: []});
  const steps = (result.log ?? []).filter(step => step.id !== 'registered_issuer');
  const failed = steps.filter(step => !step.valid).map(step => step.error?.name ?? step.id);
  const wrong = [...(result.errors ?? []).map(error => error.name), ...failed];
  const schemas = result.additionalInformation?.[0]?.results ?? result.additionalInformation;
  return {accepted: steps.length >= 3 && wrong.length === 0, why: wrong.join() || steps.map(step => step.id).join(), schemas};
}

async function byJose(token) {
  const {kid, alg} = decodeProtectedHeader(token);
  const issuer = decodeJwt(token).issuer.id ?? decodeJwt(token).issuer;
  if (kid.split('#')[0] !== issuer) throw new Error('the key is not the issuer’s');
  const {document} = await load(kid);
  await jwtVerify(token, await importJWK(document.publicKeyJwk, alg), {issuer, algorithms: ['RS256', 'ES256', 'EdDSA']});
  return {accepted: true, why: ''};
}

const verifiers = {
  json: {'@digitalbazaar/vc': byDigitalBazaar, '@digitalcredentials/verifier-core': byDigitalCredentials},
  token: {jose: byJose},
};

const verdicts = [];
for (const badge of asked.badges) {
  const [form] = Object.keys(badge);
  const verdict = {};
  for (const [name, verify] of Object.entries(verifiers[form])) {
    try {
      verdict[name] = await verify(structuredClone(badge[form]));
    } catch (error) {
      verdict[name] = {accepted: false, why: String(error?.message ?? error)};
    }
  }
  verdicts.push(verdict);
}
process.stdout.write(JSON.stringify(verdicts));
