// A call between two browsers. The agent's offers, the person's answers; each letter holds all that the other needs.
(() => {
  "use strict";
  const ASK_MS = 1500;
  const GATHER_MS = 3000;
  const page = document.querySelector("[data-room]");
  if (!page) return;
  const said = page.querySelector("[data-said]");
  const isAgent = page.dataset.side === "a";
  const servers = page.dataset.ice ? [{ urls: page.dataset.ice }] : [];
  let line = null;
  let known = null;

  const tell = (words) => { if (said.textContent !== words) said.textContent = words; };
  const later = (ms) => new Promise((done) => { setTimeout(done, ms); });

  async function letters() {
    const answer = await fetch(page.dataset.room);
    if (!answer.ok) throw new Error(String(answer.status));
    return answer.json();
  }

  async function write(letter, to) {
    const body = new URLSearchParams({ csrf_token: page.dataset.csrf, letter, to });
    return (await fetch(page.dataset.room, { method: "POST", body })).ok;
  }

  function open(stream) {
    if (line) line.close();
    line = new RTCPeerConnection({ iceServers: servers });
    for (const track of stream.getTracks()) line.addTrack(track, stream);
    line.addEventListener("track", (event) => { page.querySelector("[data-other]").srcObject = event.streams[0]; });
    line.addEventListener("connectionstatechange", () => {
      const words = { connected: "You are connected.", disconnected: "The connection is weak. Wait a moment.", failed: "The connection broke off. It is tried again." };
      if (words[line.connectionState]) tell(words[line.connectionState]);
    });
  }

  // All ways to be reached are gathered first, so that one letter each way is enough.
  async function described(description) {
    await line.setLocalDescription(description);
    const whole = new Promise((done) => {
      line.addEventListener("icegatheringstatechange", () => { if (line.iceGatheringState === "complete") done(); });
    });
    await Promise.race([whole, later(GATHER_MS)]);
    return line.localDescription.sdp;
  }

  async function offer(stream) {
    open(stream);
    known = crypto.randomUUID();
    const sdp = await described(await line.createOffer());
    await write(`${known} ${sdp}`, "");
    tell("You are in. The other is called in.");
  }

  async function answer(stream, letter) {
    known = letter.split(" ", 1)[0];
    open(stream);
    await line.setRemoteDescription({ type: "offer", sdp: letter.slice(known.length + 1) });
    const sdp = await described(await line.createAnswer());
    if (!await write(sdp, known)) known = null;
  }

  async function look(stream) {
    const found = await letters();
    if (!found.is_on) { tell("The call is over. You can close this page."); return false; }
    if (isAgent && found.offer && !found.offer.startsWith(known)) { tell("The call is open in another tab of yours."); return false; }
    if (isAgent && found.answer && line.signalingState === "have-local-offer") {
      await line.setRemoteDescription({ type: "answer", sdp: found.answer });
    } else if (isAgent && line.connectionState === "failed") {
      await offer(stream);
    } else if (!isAgent && found.offer && !(known && found.offer.startsWith(known))) {
      await answer(stream, found.offer);
    }
    return true;
  }

  async function talk() {
    let stream = null;
    try {
      stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
    } catch {
      tell("Your camera and microphone could not be used. Allow both beside the address, close other programs that use them, and load this page again.");
      return;
    }
    page.querySelector("[data-self]").srcObject = stream;
    tell("You are in. The other is called in.");
    if (isAgent) await offer(stream);
    let goesOn = true;
    while (goesOn) {
      try { goesOn = await look(stream); } catch { tell("The connection is weak. Wait a moment."); }
      await later(ASK_MS);
    }
    if (line) line.close();
    for (const track of stream.getTracks()) track.stop();
  }
  talk();
})();
