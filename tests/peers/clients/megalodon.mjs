// megalodon (what Whalebird and Fedistar are made with), unmodified, from log-in to log-out.
// Arguments: our origin, the handle of somebody elsewhere, the file of a photo.

import { createReadStream } from "node:fs";
import generator, { detector } from "megalodon";
import { ask, assert, done, eventually, refused, within } from "./person.mjs";

const [url, handle, photo] = process.argv.slice(2);

assert.equal(await detector(url), "mastodon");
const stranger = generator("mastodon", url);
const app = await stranger.registerApp("Essai", { scopes: ["read", "write", "follow"] });
const { code } = await ask("allow", { url: app.url });
const token = await stranger.fetchAccessToken(app.client_id, app.client_secret, code);
await done("log-in");

const client = generator("mastodon", url, token.access_token);
const me = (await client.verifyAccountCredentials()).data;
assert.equal((await client.getInstance()).data.uri, new URL(url).host);
assert.ok((await client.verifyAppCredentials()).data.name);
await done("who and where");

const [alice] = (await client.search(handle, { type: "accounts", resolve: true })).data.accounts;
assert.equal(`@${alice.acct}`, handle);
await client.followAccount(alice.id);
await eventually(async () => (await client.getRelationship(alice.id)).data.following, "the follow");
await done("follow");

const stream = await client.userStreaming();
const opened = new Promise((resolve) => stream.on("connect", resolve));
const updates = [], notifications = [], deletions = [];
stream.on("update", (status) => updates.push(status));
stream.on("notification", (told) => notifications.push(told));
stream.on("delete", (id) => deletions.push(id));
stream.on("error", (error) => console.error(error));
await within(opened, 10, "the stream");
const published = await ask("publish", { title: "Perceuse à percussion" });
await eventually(async () => updates.some((status) => status.uri === published.uri), "the offer in the stream");
await done("live");

const offer = (await client.getHomeTimeline()).data.find((status) => status.uri === published.uri);
assert.match(offer.content, /Perceuse à percussion/);
assert.equal((await client.getPublicTimeline()).data[0].id, offer.id);
assert.equal((await client.getTagTimeline("offrelomme")).data[0].id, offer.id);
assert.ok(Array.isArray((await client.getLocalTimeline()).data));
await done("timelines");

assert.equal((await client.favouriteStatus(offer.id)).data.favourited, true);
assert.equal((await client.bookmarkStatus(offer.id)).data.bookmarked, true);
assert.equal((await client.getBookmarks()).data[0].id, offer.id);
assert.equal((await client.reblogStatus(offer.id)).data.reblog.id, offer.id);
assert.equal((await client.unreblogStatus(offer.id)).data.reblogged, false);
assert.equal((await client.getFavourites()).data[0].id, offer.id);
assert.equal((await client.followTag("OffreLomme")).data.following, true);
assert.equal((await client.getFollowedTags()).data.length, 1);
await done("acts");

const asked = (await client.postStatus("Est-elle libre samedi ?", { in_reply_to_id: offer.id })).data;
assert.deepEqual((await client.getStatusContext(offer.id)).data.descendants.map((status) => status.id), [asked.id]);
await ask("like", { uri: asked.uri });
await eventually(async () => notifications.some((told) => told.type === "favourite" && told.status.id === asked.id), "the favourite in the stream");
const told = (await client.getNotifications()).data;
assert.equal(told[0].type, "favourite");
await client.saveMarkers({ notifications: { last_read_id: told[0].id } });
assert.equal((await client.getMarkers(["notifications"])).data.notifications.last_read_id, told[0].id);
await done("thread and notifications");

const media = (await client.uploadMedia(createReadStream(photo), { description: "Une tente verte" })).data;
const post = (await client.postStatus("Bonjour #Lomme", { media_ids: [media.id], visibility: "unlisted" })).data;
assert.equal(post.media_attachments[0].description, "Une tente verte");
assert.ok((await client.editStatus(post.id, { status: "Bonsoir #Lomme", media_ids: [media.id] })).data.edited_at);
assert.equal((await client.getStatusSource(post.id)).data.text, "Bonsoir #Lomme");
await client.deleteStatus(post.id);
await eventually(async () => deletions.includes(post.id), "the deletion in the stream");
await refused(client.getStatus(post.id), 404);
const options = ["Samedi", "Dimanche"];
const question = (await client.postStatus("Quel jour ?", { poll: { options, expires_in: 3600 } })).data;
assert.deepEqual((await client.getPoll(question.poll.id)).data.options.map((one) => one.title), options);
await refused(client.votePoll(question.poll.id, [0]), 422);
await done("media and posts");

const list = (await client.createList("Lomme")).data;
await client.addAccountsToList(list.id, [alice.id]);
assert.equal((await client.getListTimeline(list.id)).data[0].id, offer.id);
assert.ok(Array.isArray((await client.getConversationTimeline()).data));
assert.ok(Array.isArray((await client.getFilters()).data));
assert.equal((await client.search("perceuse", {})).data.statuses[0].id, offer.id);
await done("lists, filters, search");

assert.equal((await client.updateCredentials({ display_name: "Bob de Lomme" })).data.display_name, "Bob de Lomme");
assert.ok(Array.isArray((await client.getAccountStatuses(me.id)).data));
await client.unfollowAccount(alice.id);
await done("profile");

stream.stop();
await client.revokeToken(app.client_id, app.client_secret, token.access_token);
await refused(client.verifyAccountCredentials(), 401);
await done("log-out");
process.exit(0);
