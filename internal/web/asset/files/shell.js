// Comfort only: every page works without this file.
(() => {
  // Copy a code to the clipboard.
  const copy = async (button) => {
    const from = document.getElementById(button.dataset.copy);
    if (!from || button.dataset.busy) return;
    await navigator.clipboard.writeText(from.textContent);
    const words = [...button.childNodes];
    button.dataset.busy = "yes";
    button.textContent = button.dataset.done;
    setTimeout(() => { button.replaceChildren(...words); delete button.dataset.busy; }, 2000);
  };

  // Show a password while it is typed.
  const reveal = (button) => {
    const input = document.getElementById(button.dataset.reveal);
    if (!input) return;
    const shown = input.type === "password";
    input.type = shown ? "text" : "password";
    button.setAttribute("aria-pressed", String(shown));
  };

  const ready = (root) => {
    const canCopy = navigator.clipboard && window.isSecureContext;
    for (const b of root.querySelectorAll("[data-copy]")) b.hidden = !canCopy;
    for (const b of root.querySelectorAll("[data-reveal]")) b.hidden = false;
  };

  document.addEventListener("click", (e) => {
    const el = e.target.closest("[data-copy],[data-reveal],[data-dialog]");
    if (!el) {
      // A menu closes when something beside it is touched.
      for (const d of document.querySelectorAll("details.account[open]")) {
        if (!d.contains(e.target)) d.open = false;
      }
      return;
    }
    if (el.dataset.copy) copy(el);
    if (el.dataset.reveal) reveal(el);
    if (el.dataset.dialog) {
      const d = document.getElementById(el.dataset.dialog);
      if (d && d.showModal) { e.preventDefault(); d.showModal(); }
    }
  });

  document.addEventListener("keydown", (e) => {
    if (e.key !== "Escape") return;
    for (const d of document.querySelectorAll("details.account[open]")) {
      d.open = false;
      d.querySelector("summary").focus();
    }
  });

  // A form is sent once, however often its button is touched. A page that comes
  // back from the history may be sent again.
  document.addEventListener("submit", (e) => {
    const form = e.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { e.preventDefault(); return; }
    form.dataset.sent = "yes";
    setTimeout(() => { delete form.dataset.sent; }, 8000);
  });
  addEventListener("pageshow", () => {
    for (const f of document.querySelectorAll("form[data-sent]")) delete f.dataset.sent;
  });

  ready(document);
  document.addEventListener("htmx:after:swap", () => ready(document));
})();
