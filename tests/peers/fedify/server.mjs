// A small server on Fedify, for the tests: one person who follows, reads, answers and likes.
// Usage: node server.mjs ORIGIN PORT   (plain HTTP on 127.0.0.1:PORT; TLS stands in front, ORIGIN is the public address)
// Everything under /control/ is for the test alone: it tells the person what to do and what she has received.
import { createServer } from "node:http";
import {
  createFederation, generateCryptoKeyPair, InProcessMessageQueue, MemoryKvStore,
} from "@fedify/fedify";
import {
  Accept, Announce, Create, Delete, Follow, isActor, Like, Mention, Note, Person, PUBLIC_COLLECTION, Reject, Undo, Update,
} from "@fedify/fedify/vocab";

const [origin, port] = process.argv.slice(2);
const USER = "fanny";
const received = [];          // every activity, in order of arrival
const notes = new Map();      // our own notes by id
const followers = new Map();
const keys = [];
let taken = 0;                // answered with 202, be it processed yet or not

const federation = createFederation({
  kv: new MemoryKvStore(),
  queue: new InProcessMessageQueue(),
  origin,
  allowPrivateAddress: true,
});

federation
  .setActorDispatcher("/users/{identifier}", async (ctx, identifier) => {
    if (identifier !== USER) return null;
    const pairs = await ctx.getActorKeyPairs(identifier);
    return new Person({
      id: ctx.getActorUri(identifier),
      preferredUsername: identifier,
      name: "Fanny",
      url: new URL(`/@${identifier}`, origin),
      inbox: ctx.getInboxUri(identifier),
      followers: ctx.getFollowersUri(identifier),
      publicKey: pairs[0].cryptographicKey,
      assertionMethods: pairs.map((pair) => pair.multikey),
    });
  })
  .setKeyPairsDispatcher(async (_ctx, identifier) => {
    if (identifier !== USER) return [];
    if (keys.length === 0) {
      keys.push(await generateCryptoKeyPair("RSASSA-PKCS1-v1_5"), await generateCryptoKeyPair("Ed25519"));
    }
    return keys;
  });

federation.setFollowersDispatcher("/users/{identifier}/followers", () => ({ items: [...followers.values()] }));

federation.setObjectDispatcher(Note, "/notes/{id}", (ctx, { id }) => notes.get(ctx.getObjectUri(Note, { id }).href) ?? null);

async function keep(type, activity) {
  const object = await activity.getObject().catch(() => null);
  received.push({
    type,
    id: activity.id?.href ?? null,
    actor: activity.actorId?.href ?? null,
    object: activity.objectId?.href ?? object?.id?.href ?? null,
    objectType: object?.constructor?.name ?? null,
    content: object?.content?.toString() ?? null,
    attachments: object && "getAttachments" in object
      ? await Array.fromAsync(object.getAttachments(), (a) => ({ url: a.url?.href ?? null, name: a.name?.toString() ?? null }))
      : [],
  });
}

const inbox = federation.setInboxListeners("/users/{identifier}/inbox", "/inbox");
for (const [type, cls] of Object.entries({ Accept, Reject, Create, Update, Delete, Announce, Like, Undo })) {
  inbox.on(cls, (_ctx, activity) => keep(type, activity));
}
inbox.on(Follow, async (ctx, follow) => {
  await keep("Follow", follow);
  const follower = await follow.getActor(ctx);
  if (!isActor(follower)) return;
  followers.set(follower.id.href, { id: follower.id, inboxId: follower.inboxId, endpoints: follower.endpoints });
  await ctx.sendActivity({ identifier: USER }, follower, new Accept({
    id: new URL(`#accepts/${crypto.randomUUID()}`, ctx.getActorUri(USER)), actor: ctx.getActorUri(USER), object: follow,
  }));
});

const acts = {
  async follow(ctx, { handle }) {
    const target = await ctx.lookupObject(handle);
    if (!isActor(target)) throw new Error(`${handle} is not found`);
    const id = new URL(`#follows/${crypto.randomUUID()}`, ctx.getActorUri(USER));
    await ctx.sendActivity({ identifier: USER }, target, new Follow({ id, actor: ctx.getActorUri(USER), object: target.id }));
    return { id: id.href, actor: target.id.href };
  },
  async unfollow(ctx, { id, actor }) {
    const target = await ctx.lookupObject(actor);
    await ctx.sendActivity({ identifier: USER }, target, new Undo({
      id: new URL(`#undos/${crypto.randomUUID()}`, ctx.getActorUri(USER)), actor: ctx.getActorUri(USER),
      object: new Follow({ id: new URL(id), actor: ctx.getActorUri(USER), object: target.id }),
    }));
    return {};
  },
  async like(ctx, { object }) {
    const liked = await ctx.lookupObject(object);
    const author = await liked.getAttribution(ctx);
    await ctx.sendActivity({ identifier: USER }, author, new Like({
      id: new URL(`#likes/${crypto.randomUUID()}`, ctx.getActorUri(USER)), actor: ctx.getActorUri(USER), object: liked.id,
    }));
    return {};
  },
  async write(ctx, { text }) {
    const id = ctx.getObjectUri(Note, { id: crypto.randomUUID() });
    const audience = { tos: [PUBLIC_COLLECTION], ccs: [ctx.getFollowersUri(USER)] };
    const note = new Note({ id, attribution: ctx.getActorUri(USER), content: `<p>${text}</p>`, ...audience });
    notes.set(id.href, note);
    await ctx.sendActivity({ identifier: USER }, "followers", new Create({
      id: new URL(`${id.href}#create`), actor: ctx.getActorUri(USER), object: note, ...audience,
    }), { preferSharedInbox: true });
    return { id: id.href };
  },
  async reply(ctx, { object, text, direct }) {
    const parent = await ctx.lookupObject(object);
    const author = await parent.getAttribution(ctx);
    const id = ctx.getObjectUri(Note, { id: crypto.randomUUID() });
    const audience = direct ? { tos: [author.id] } : { tos: [PUBLIC_COLLECTION], ccs: [author.id] };
    const note = new Note({
      id, attribution: ctx.getActorUri(USER), content: `<p>${text}</p>`, replyTarget: parent.id, ...audience,
      tags: [new Mention({ href: author.id, name: `@${author.preferredUsername}` })],
    });
    notes.set(id.href, note);
    await ctx.sendActivity({ identifier: USER }, author, new Create({
      id: new URL(`${id.href}#create`), actor: ctx.getActorUri(USER), object: note, ...audience,
    }));
    return { id: id.href };
  },
};

async function answer(request, body) {
  const url = new URL(request.url, origin);
  if (url.pathname === "/control/received") return Response.json(received);
  if (url.pathname === "/control/count") return Response.json({ taken, kept: received.length });
  const act = /^\/control\/(\w+)$/.exec(url.pathname)?.[1];
  if (act && act in acts) {
    try {
      return Response.json(await acts[act](federation.createContext(new URL(origin), undefined), JSON.parse(body)));
    } catch (error) {
      return Response.json({ error: String(error?.stack ?? error) }, { status: 500 });
    }
  }
  const method = request.method;
  return federation.fetch(
    new Request(url, { method, headers: request.headers, body: method === "GET" || method === "HEAD" ? undefined : body }),
    { contextData: undefined },
  );
}

createServer(async (request, response) => {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const result = await answer(request, Buffer.concat(chunks));
  if (request.method === "POST" && result.status === 202) taken += 1;
  response.writeHead(result.status, Object.fromEntries(result.headers));
  response.end(Buffer.from(await result.arrayBuffer()));
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
