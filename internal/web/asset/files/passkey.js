// Speaks with the device's passkeys for forms that carry data-passkey ("get" or
// "create"). The server asks at data-ask and reads the field "answer".
(() => {
  const bytes = (text) => {
    const b = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(b, (c) => c.charCodeAt(0));
  };
  const text = (buffer) => {
    if (!buffer) return undefined;
    let s = "";
    for (const b of new Uint8Array(buffer)) s += String.fromCharCode(b);
    return btoa(s).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  };
  const list = (all) => (all || []).map((c) => ({ ...c, id: bytes(c.id) }));

  const options = async (form) => {
    const r = await fetch(form.dataset.ask, { method: "POST", headers: { Accept: "application/json" }, credentials: "same-origin" });
    if (!r.ok) throw new Error("refused");
    const { publicKey: o } = await r.json();
    o.challenge = bytes(o.challenge);
    if (o.user) o.user.id = bytes(o.user.id);
    if (o.allowCredentials) o.allowCredentials = list(o.allowCredentials);
    if (o.excludeCredentials) o.excludeCredentials = list(o.excludeCredentials);
    return { publicKey: o };
  };

  const answer = (c) => {
    const r = c.response;
    const out = { clientDataJSON: text(r.clientDataJSON) };
    if (r.attestationObject) {
      out.attestationObject = text(r.attestationObject);
      out.transports = r.getTransports ? r.getTransports() : [];
    } else {
      out.authenticatorData = text(r.authenticatorData);
      out.signature = text(r.signature);
      out.userHandle = text(r.userHandle);
    }
    return JSON.stringify({
      id: c.id, rawId: text(c.rawId), type: c.type, response: out,
      authenticatorAttachment: c.authenticatorAttachment || undefined,
      clientExtensionResults: c.getClientExtensionResults ? c.getClientExtensionResults() : {},
    });
  };

  const go = async (form) => {
    const button = form.querySelector("button");
    const note = form.querySelector("[data-passkey-failed]");
    button.disabled = true;
    if (note) note.hidden = true;
    try {
      const o = await options(form);
      const c = form.dataset.passkey === "create" ? await navigator.credentials.create(o) : await navigator.credentials.get(o);
      form.elements.answer.value = answer(c);
      form.submit();
    } catch {
      button.disabled = false;
      if (note) note.hidden = false;
    }
  };

  const able = window.PublicKeyCredential && navigator.credentials && window.isSecureContext;
  for (const form of document.querySelectorAll("form[data-passkey]")) {
    const without = form.querySelector("[data-passkey-without]");
    if (!able) continue;
    if (without) without.hidden = true;
    for (const el of form.querySelectorAll("[data-passkey-with]")) el.hidden = false;
    form.addEventListener("submit", (e) => { e.preventDefault(); e.stopImmediatePropagation(); go(form); });
  }
})();
