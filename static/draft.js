// Saves an application while it is typed. Without this file the button "Save draft" does the same.
(() => {
  "use strict";
  const form = document.querySelector("form[data-draft]");
  if (!form || !window.autosave) return;
  const status = form.querySelector("[data-saved]");

  const say = (text, wrong = false) => {
    status.textContent = text;
    status.classList.toggle("field-error", wrong);
  };
  say("Saved as you type.");

  const tell = (id, sentence) => {
    const control = document.getElementById(id);
    const box = control && control.closest(".field");
    if (!box) return;
    const error = document.getElementById(`${id}-error`);
    if (error) error.remove();
    box.classList.toggle("invalid", Boolean(sentence));
    control.toggleAttribute("aria-invalid", Boolean(sentence));
    const about = (control.getAttribute("aria-describedby") || "").split(" ").filter((each) => each && each !== `${id}-error`);
    if (sentence) {
      const line = document.createElement("p");
      line.className = "field-error";
      line.id = `${id}-error`;
      line.textContent = sentence;
      control.before(line);
      about.push(line.id);
      control.setAttribute("aria-invalid", "true");
    }
    if (about.length) control.setAttribute("aria-describedby", about.join(" "));
    else control.removeAttribute("aria-describedby");
  };

  const showLeft = (left) => {
    const list = document.querySelector("[data-left]");
    list.replaceChildren(...left.map((each) => {
      const item = document.createElement("li"), link = document.createElement("a");
      link.href = `#${each.id}`;
      link.textContent = each.label;
      item.append(link);
      return item;
    }));
    document.querySelector("[data-left-some]").hidden = !left.length;
    document.querySelector("[data-left-none]").hidden = Boolean(left.length);
  };

  const showFiles = (files) => {
    for (const box of form.querySelectorAll("[data-file]")) {
      const stored = box.querySelector(".stored-file"), file = files[box.dataset.file];
      stored.hidden = !file;
      stored.querySelector("input").checked = false;
      if (!file) continue;
      stored.querySelector("a").href = file.url;
      stored.querySelector("a").textContent = file.name;
      stored.querySelector("span").textContent = file.size;
    }
  };

  const offer = () => {
    const button = document.createElement("button");
    button.className = "btn btn-quiet";
    button.name = "action";
    button.value = "save";
    button.textContent = "Show both";
    status.append(" ", button);
  };

  const send = async () => {
    const body = new FormData(form);
    const chosen = [...form.querySelectorAll("input[type=file]")].filter((input) => input.files.length);
    const asked = new Map([...form.elements].filter((each) => each.name && each.type !== "file").map((each) => [each, each.value]));
    say("Saving…");
    try {
      const keepalive = document.visibilityState === "hidden" && !chosen.length;
      const answer = await fetch(form.dataset.draft, { method: "POST", body, headers: { Accept: "application/json" }, keepalive });
      const said = await answer.json();
      if (!answer.ok) {
        const isOver = answer.status === 409;
        say(`Not saved. ${isOver ? said.title : said.detail}.`.replace("..", "."), true);
        if (isOver) offer();
        return isOver;
      }
      form.elements.version.value = said.version;
      for (const each of asked.keys()) if (each.id && each.value === asked.get(each)) tell(each.id, said.problems[each.id]);
      for (const input of chosen) {
        tell(input.id, said.problems[input.id]);
        input.value = "";
      }
      const at = document.querySelector("[data-saved-at]");
      if (at) at.textContent = said.saved;
      showFiles(said.files);
      showLeft(said.left);
      const wrong = Object.keys(said.problems).length;
      say(wrong ? `${said.saved}, but for what is marked.` : said.saved, Boolean(wrong));
    } catch {
      say("Not saved: there is no connection. It is tried again with your next change.", true);
    }
  };

  const { save, soon } = window.autosave(form, 900, send);

  form.addEventListener("input", (event) => { if (event.target.type !== "file") soon(); });
  form.addEventListener("change", (event) => {
    const input = event.target;
    if (input.type !== "file") return soon();
    const file = input.files[0];
    if (file && file.size > Number(input.dataset.max)) {
      tell(input.id, `The file has ${(file.size / 1e6).toFixed(1)} MB, and ${Number(input.dataset.max) / 1e6} MB fit. Save it smaller, or send a part of it.`);
      input.value = "";
      return;
    }
    tell(input.id, "");
    save();
  });
})();
