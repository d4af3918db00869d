// Small comforts. Every page works without this file.
(() => {
  "use strict";

  // One press, one request: the button rests until the page changes, and wakes when it is shown again.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (event.defaultPrevented || form.method !== "post") return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    const button = event.submitter;
    // After this turn, so that the button's own name and value still travel with the form.
    if (button) setTimeout(() => { button.disabled = true; }, 0);
  });
  window.addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("form[data-sent]")) {
      delete form.dataset.sent;
      for (const button of form.querySelectorAll("button")) button.disabled = false;
    }
  });

  for (const button of document.querySelectorAll("[data-copy]")) {
    const field = document.getElementById(button.dataset.copy);
    if (!field || !navigator.clipboard) continue;
    button.hidden = false;
    const word = button.textContent;
    button.addEventListener("click", async () => {
      try {
        await navigator.clipboard.writeText(field.value);
        button.textContent = button.dataset.done || "Copied";
      } catch {
        field.select();
        button.textContent = "Press Ctrl+C";
      }
      setTimeout(() => { button.textContent = word; }, 2500);
    });
  }

  // A page is the same for everybody, so it cannot know who reads another language; the browser does, and offers it once.
  const inLanguage = (code) => document.querySelector(`.languages a[lang="${CSS.escape(code)}"]`);
  const better = (navigator.languages || []).map((one) => inLanguage(one.slice(0, 2))).find(Boolean);
  const answered = () => { try { return localStorage.getItem("language offered"); } catch { return "yes"; } };
  if (better && better.dataset.offer && !answered()) {
    const offer = document.createElement("aside"), link = better.cloneNode(), close = document.createElement("button");
    const answer = () => { localStorage.setItem("language offered", "yes"); offer.remove(); };
    offer.className = "language-offer";
    link.textContent = better.dataset.offer;
    close.type = "button";
    close.textContent = "×";
    close.setAttribute("aria-label", better.parentElement.dataset.close);
    for (const one of [link, close]) one.addEventListener("click", answer);
    offer.append(link, close);
    document.body.append(offer);
  }

  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();

  const current = document.querySelector(".side-nav [aria-current]");
  const row = current && current.closest("ul");
  if (row && row.scrollWidth > row.clientWidth) row.scrollLeft = current.offsetLeft - row.offsetLeft - 24;
})();
