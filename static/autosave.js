// Saves a form while it is typed: after a pause, one request at a time, and at once when the page is left.
// `send` sends it, and says so when saving must stop for good. Returns how to save now, and soon.
window.autosave = (form, pauseMs, send) => {
  "use strict";
  let timer = 0, running = null, again = false, stopped = false;

  const save = () => {
    clearTimeout(timer);
    timer = 0;
    if (stopped) return running;
    if (running) {
      again = true;
      return running;
    }
    running = send().then((isOver) => { stopped = Boolean(isOver); }).finally(() => {
      running = null;
      if (!again) return;
      again = false;
      return save();
    });
    return running;
  };

  const soon = () => {
    clearTimeout(timer);
    timer = setTimeout(save, pauseMs);
  };

  // What is on its way arrives first, so that the form is sent with the mark of the words that it made.
  form.addEventListener("submit", (event) => {
    clearTimeout(timer);
    timer = 0;
    if (!running) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    again = false;
    const button = event.submitter;
    running.then(() => form.requestSubmit(button));
  }, true);

  // Whoever leaves within the pause loses nothing: `send` keeps a request alive that outlives the page.
  document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden" && timer) save(); });

  return { save, soon };
};
