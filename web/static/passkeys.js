// Passkeys are the one thing that no page can do without JavaScript: a form waits until the device has answered.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (one) => one.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");

/** What the server asks for, with its texts turned into bytes. */
function readOptions(text) {
  const options = JSON.parse(text);
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const one of list ?? []) one.id = toBytes(one.id);
  }
  return options;
}

/** What the device answered, as text. */
function writeAnswer(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    response,
    clientExtensionResults: credential.getClientExtensionResults(),
  });
}

/** A form with `data-passkey` "create" or "get" and the server's `data-options` is sent with the device's answer. */
function offerPasskey(form) {
  const act = form.dataset.passkey;
  const failed = form.querySelector("[data-failed]");
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    failed.hidden = true;
    try {
      const publicKey = readOptions(form.dataset.options);
      form.elements.answer.value = writeAnswer(await navigator.credentials[act]({ publicKey }));
    } catch {
      failed.hidden = false; // refused, too late, or no key here: the person chooses what to do next
      return;
    }
    form.submit();
  });
  form.hidden = false;
  if (form.dataset.atOnce !== undefined) form.requestSubmit();
}

if (window.isSecureContext && window.PublicKeyCredential) {
  document.querySelectorAll("form[data-passkey]").forEach(offerPasskey);
  document.querySelectorAll("[data-without-passkeys]").forEach((part) => part.remove());
}
