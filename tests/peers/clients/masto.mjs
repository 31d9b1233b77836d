// masto.js (what Phanpy and Elk are made with), unmodified, from log-in to log-out.
// Arguments: our origin, the handle of somebody elsewhere, the file of a photo.

import { readFile } from "node:fs/promises";
import { createOAuthAPIClient, createRestAPIClient, createStreamingAPIClient } from "masto";
import { ask, assert, done, eventually, refused } from "./person.mjs";

const [url, handle, photo] = process.argv.slice(2);
const OUT_OF_BAND = "urn:ietf:wg:oauth:2.0:oob";
const scope = "read write follow push";

const app = await createRestAPIClient({ url }).v1.apps.create({ clientName: "Essai", redirectUris: OUT_OF_BAND, scopes: scope });
const query = new URLSearchParams({ response_type: "code", client_id: app.clientId, redirect_uri: OUT_OF_BAND, scope });
const { code } = await ask("allow", { url: `${url}/oauth/authorize?${query}` });
const oauth = createOAuthAPIClient({ url });
const credentials = { clientId: app.clientId, clientSecret: app.clientSecret };
const token = await oauth.token.create({ grantType: "authorization_code", code, redirectUri: OUT_OF_BAND, scope, ...credentials });
assert.equal(token.scope, scope);
await done("log-in");

const client = createRestAPIClient({ url, accessToken: token.accessToken });
const me = await client.v1.accounts.verifyCredentials();
const instance = await client.v2.instance.fetch();
assert.equal((await client.v1.preferences.fetch())["posting:default:visibility"], "public");
assert.ok((await client.v1.apps.verifyCredentials()).name);
await done("who and where");

const streaming = createStreamingAPIClient({ streamingApiUrl: instance.configuration.urls.streaming, accessToken: token.accessToken });
const seen = [];
// Once its token is revoked the stream ends, and masto.js tries to come back until it is closed: that it then fails is right.
const listening = (async () => {
  for await (const event of streaming.user.subscribe()) seen.push(event);
})().catch((error) => error);
async function event(kind, wanted, what) {
  const found = await eventually(async () => seen.find((one) => one.event === kind && wanted(one.payload)), what);
  assert.deepEqual(found.stream, ["user"]);
  return found.payload;
}

const [alice] = (await client.v2.search.list({ q: handle, resolve: true, type: "accounts" })).accounts;
assert.equal(`@${alice.acct}`, handle);
await client.v1.accounts.$select(alice.id).follow();
await eventually(async () => (await client.v1.accounts.relationships.fetch({ id: [alice.id] }))[0].following, "the follow");
await done("follow");

await streaming.prepare(); // it connects in its own time: after a second
const published = await ask("publish", { title: "Échelle de toit" });
const update = await event("update", (status) => status.uri === published.uri, "the offer in the stream");
assert.equal(update.account.acct, alice.acct);
await done("live");

const home = await client.v1.timelines.home.list({ limit: 5 });
const offer = home.find((status) => status.uri === published.uri);
assert.match(offer.content, /<strong>.*Échelle de toit/);
assert.ok(offer.tags.some((tag) => tag.name.toLowerCase() === "offrelomme"));
assert.equal((await client.v1.timelines.tag.$select("offrelomme").list())[0].id, offer.id);
assert.equal((await client.v1.timelines.public.list({ remote: true }))[0].id, offer.id);
const pages = client.v1.timelines.home.list({ limit: 1 }).values();
assert.equal((await pages.next()).value.length, 1);
await done("timelines");

const shown = client.v1.statuses.$select(offer.id);
assert.equal((await shown.favourite()).favourited, true);
assert.equal((await shown.bookmark()).bookmarked, true);
assert.equal((await client.v1.bookmarks.list())[0].id, offer.id);
assert.equal((await shown.reblog()).reblog.id, offer.id);
assert.equal((await shown.unreblog()).reblogged, false);
assert.equal((await client.v1.favourites.list())[0].id, offer.id);
await client.v1.tags.$select("OffreLomme").follow();
assert.equal((await client.v1.followedTags.list())[0].following, true);
await done("acts");

const asked = await client.v1.statuses.create({ status: "Est-elle libre samedi ?", inReplyToId: offer.id, visibility: "public" });
assert.deepEqual((await shown.context.fetch()).descendants.map((status) => status.id), [asked.id]);
await ask("like", { uri: asked.uri });
const liked = await event("notification", (told) => told.type === "favourite", "the favourite in the stream");
assert.equal(liked.status.id, asked.id);
const told = await client.v1.notifications.list({ types: ["favourite"] });
assert.deepEqual(told.map((one) => one.account.acct), [alice.acct]);
await client.v1.markers.create({ notifications: { lastReadId: told[0].id } });
assert.equal((await client.v1.markers.fetch({ timeline: ["notifications"] })).notifications.lastReadId, told[0].id);
await done("thread and notifications");

const file = new Blob([await readFile(photo)], { type: "image/jpeg" });
const media = await client.v2.media.create({ file, description: "Une tente verte" });
const post = await client.v1.statuses.create({ status: "Bonjour #Lomme", mediaIds: [media.id], visibility: "unlisted" });
assert.equal(post.mediaAttachments[0].description, "Une tente verte");
const own = client.v1.statuses.$select(post.id);
assert.ok((await own.update({ status: "Bonsoir #Lomme", mediaIds: [media.id] })).editedAt);
assert.equal((await own.history.list()).length, 2);
assert.equal((await own.source.fetch()).text, "Bonsoir #Lomme");
assert.equal((await own.remove()).text, "Bonsoir #Lomme");
await event("delete", (id) => id === post.id, "the deletion in the stream");
await refused(own.fetch(), 404);
const poll = { options: ["Samedi", "Dimanche"], expiresIn: 3600, multiple: false, hideTotals: false };
const question = await client.v1.statuses.create({ status: "Quel jour ?", poll });
assert.deepEqual((await client.v1.polls.$select(question.poll.id).fetch()).options.map((one) => one.votesCount), [0, 0]);
await refused(client.v1.polls.$select(question.poll.id).votes.create({ choices: [0] }), 422);
await refused(client.v1.statuses.create({ status: "Quel jour ?", poll: { ...poll, options: ["Samedi"] } }), 422);
await done("media and posts");

const list = await client.v1.lists.create({ title: "Lomme" });
await client.v1.lists.$select(list.id).accounts.create({ accountIds: [alice.id] });
assert.equal((await client.v1.timelines.list.$select(list.id).list())[0].id, offer.id);
const filter = await client.v2.filters.create({ title: "Échelles", context: ["home"], filterAction: "warn", keywordsAttributes: [{ keyword: "échelle", wholeWord: true }] });
assert.equal((await client.v1.timelines.home.list()).find((status) => status.id === offer.id).filtered[0].filter.id, filter.id);
await client.v2.filters.$select(filter.id).remove();
assert.equal((await client.v2.search.list({ q: "échelle" })).statuses[0].id, offer.id);
assert.equal((await client.v2.search.list({ q: published.uri, resolve: true })).statuses[0].id, offer.id);
await done("lists, filters, search");

const profile = await client.v1.accounts.updateCredentials({ displayName: "Bob de Lomme", note: "Bonjour" });
assert.equal(profile.displayName, "Bob de Lomme");
await client.v1.accounts.$select(me.id).statuses.list({ excludeReplies: true });
await client.v1.accounts.$select(alice.id).unfollow();
await done("profile");

await oauth.revoke({ token: token.accessToken, ...credentials });
await refused(client.v1.accounts.verifyCredentials(), 401);
streaming.close();
await listening;
await done("log-out");
process.exit(0);
