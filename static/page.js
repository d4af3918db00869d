// A page's builder: saves the draft while it is typed, shows it, and lets sections be dragged. Without this file the
// buttons "Save the draft", "Up" and "Down" do the same, and the preview shows what was saved last.
(() => {
  "use strict";
  const form = document.getElementById("page-form");
  if (!form || !window.autosave) return;
  const status = form.querySelector("[data-saved]"), said = form.querySelector("[data-said]");
  const frame = document.querySelector("[data-preview]"), swatch = form.querySelector(".swatch");

  const say = (words, wrong = false) => {
    status.textContent = words;
    status.classList.toggle("field-error", wrong);
  };
  say("Saved as you type. Nobody sees it until you publish.");

  const look = () => {
    if (!frame) return;
    const inside = frame.contentWindow, top = inside.scrollY;
    frame.addEventListener("load", () => frame.contentWindow.scrollTo(0, top), { once: true });
    inside.location.replace(frame.src);
  };

  const send = async () => {
    say("Saving…");
    try {
      const keepalive = document.visibilityState === "hidden";
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form), headers: { Accept: "application/json" }, keepalive });
      const told = await answer.json();
      if (!answer.ok) {
        if (told.contrast) form.querySelector("[data-contrast]").textContent = told.contrast;
        say(`Not saved. ${told.detail}`, true);
        return answer.status === 409;
      }
      form.elements.mark.value = told.mark;
      form.querySelector("[data-contrast]").textContent = told.contrast;
      swatch.style.setProperty("--brand", told.colour);
      swatch.style.setProperty("--brand-ink", told.ink);
      document.querySelector("[data-state]").innerHTML = told.state;
      say("Saved in the draft.");
      look();
    } catch {
      say("Not saved: there is no connection. It is tried again with your next change.", true);
    }
  };

  const { save, soon } = window.autosave(form, 600, send);
  form.addEventListener("input", soon);

  // Places: the buttons move without a new page, and say where the thing stands now; a grip is dragged.
  const named = (item) => (item.querySelector("h3, input:not([type=hidden])") || {}).textContent || item.querySelector("input").value;
  const settle = (item, focus) => {
    const items = [...item.parentElement.children];
    for (const each of items) {
      const buttons = each.querySelector(":scope > .movers, :scope > .section-bar .movers");
      if (!buttons) continue;
      const filled = items.filter((one) => one.querySelector(".movers"));
      for (const button of buttons.children) {
        button.hidden = button.name === "up" ? each === filled[0] : each === filled[filled.length - 1];
      }
    }
    if (focus) (focus.hidden ? [...focus.parentElement.children].find((one) => !one.hidden) || focus : focus).focus();
    said.textContent = `${named(item)} is now at place ${items.indexOf(item) + 1} of ${items.length}.`;
    save();
  };

  form.addEventListener("click", (event) => {
    const button = event.target.closest(".movers button");
    if (!button) return;
    event.preventDefault();
    const item = button.closest("[data-arrange] > li"), other = button.name === "up" ? item.previousElementSibling : item.nextElementSibling;
    if (!other) return;
    if (button.name === "up") other.before(item); else other.after(item);
    settle(item, button);
  });

  for (const grip of form.querySelectorAll("[data-grip]")) {
    const item = grip.closest("li"), list = item.parentElement;
    grip.addEventListener("pointerdown", (event) => {
      event.preventDefault();
      grip.setPointerCapture(event.pointerId);
      item.classList.add("dragged");
    });
    grip.addEventListener("pointermove", (event) => {
      if (!grip.hasPointerCapture(event.pointerId)) return;
      const over = [...list.children].find((each) => each !== item && event.clientY >= each.getBoundingClientRect().top && event.clientY <= each.getBoundingClientRect().bottom);
      if (!over) return;
      const box = over.getBoundingClientRect(), below = event.clientY > box.top + box.height / 2;
      if (below && over.previousElementSibling !== item) over.after(item);
      else if (!below && over.nextElementSibling !== item) over.before(item);
    });
    const drop = () => {
      if (!item.classList.contains("dragged")) return;
      item.classList.remove("dragged");
      settle(item);
    };
    grip.addEventListener("pointerup", drop);
    grip.addEventListener("pointercancel", drop);
  }
})();
