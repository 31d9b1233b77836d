// Fedify's own functions for signing and verifying: one JSON request on a line, one JSON answer on a line.
// Nothing is fetched: `documents` of a request maps addresses to what stands there; contexts are Fedify's own.

import { createInterface } from "node:readline";
import { createProof, signJsonLd, signRequest, verifyJsonLd, verifyObject, verifyProof, verifyRequest } from "@fedify/fedify/sig";
import { Activity, DataIntegrityProof } from "@fedify/vocab";
import { getDocumentLoader } from "@fedify/vocab-runtime";

const contexts = getDocumentLoader();
const instant = (text) => Temporal.Instant.from(text);
if (globalThis.Temporal === undefined) {
  globalThis.Temporal = (await import("@js-temporal/polyfill")).Temporal;
}

function loaderOf(documents) {
  return async (url) => {
    const address = url.split("#")[0];
    if (documents && address in documents) {
      return { contextUrl: null, documentUrl: url, document: documents[address] };
    }
    if (/^https:\/\/(www\.w3\.org|w3id\.org|purl\.archive\.org|gotosocial\.org)\//.test(url)) return await contexts(url);
    throw new Error(`not there: ${url}`);
  };
}

async function importKey(jwk) {
  const algorithm = jwk.kty === "RSA" ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" } : "Ed25519";
  return await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["sign"]);
}

function buildRequest({ method, url, headers, body }) {
  return new Request(url, { method, headers, body: body === null ? undefined : body });
}

const ACTS = {
  async signRequest({ request, key, keyId, spec, at }) {
    const options = { spec, currentTime: instant(at) };
    const signed = await signRequest(buildRequest(request), await importKey(key), new URL(keyId), options);
    return { headers: Object.fromEntries(signed.headers) };
  },
  async verifyRequest({ request, documents, at }) {
    const documentLoader = loaderOf(documents);
    const options = { documentLoader, contextLoader: documentLoader, currentTime: instant(at) };
    const key = await verifyRequest(buildRequest(request), options);
    return { keyId: key?.id?.href ?? null };
  },
  async signProof({ document, key, keyId, at }) {
    const contextLoader = loaderOf({});
    const activity = await Activity.fromJsonLd(document, { contextLoader, documentLoader: contextLoader });
    const proof = await createProof(activity, await importKey(key), new URL(keyId), { contextLoader, created: instant(at) });
    const bare = await activity.toJsonLd({ contextLoader, format: "compact" });
    const { "@context": _, ...written } = await proof.toJsonLd({ contextLoader, format: "compact" });
    // What Fedify does to every activity before it signs and sends it: the long name of everybody.
    const sent = JSON.parse(JSON.stringify(bare).replaceAll('"as:Public"', '"https://www.w3.org/ns/activitystreams#Public"'));
    return { document: { ...sent, proof: written } };
  },
  async verifyProof({ document, documents }) {
    const documentLoader = loaderOf(documents);
    const options = { documentLoader, contextLoader: documentLoader };
    const activity = await verifyObject(Activity, document, options);
    const proof = await DataIntegrityProof.fromJsonLd(
      { "@context": "https://w3id.org/security/data-integrity/v1", ...document.proof }, options);
    const key = await verifyProof(document, proof, options);
    return { id: activity?.id?.href ?? null, keyId: key?.id?.href ?? null };
  },
  async signLinkedData({ document, key, keyId, at }) {
    const contextLoader = loaderOf({});
    const created = instant(at);
    return { document: await signJsonLd(document, await importKey(key), new URL(keyId), { contextLoader, created }) };
  },
  async verifyLinkedData({ document, documents }) {
    const documentLoader = loaderOf(documents);
    return { holds: await verifyJsonLd(document, { documentLoader, contextLoader: documentLoader }) };
  },
};

for await (const line of createInterface({ input: process.stdin })) {
  const { act, ...rest } = JSON.parse(line);
  let answer;
  try {
    answer = await ACTS[act](rest);
  } catch (error) {
    answer = { error: String(error?.stack ?? error) };
  }
  process.stdout.write(JSON.stringify(answer) + "\n");
}
