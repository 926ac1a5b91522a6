// One event stream: says which keys changed, and whoever shows them fetches them again.
// Frames are cheap and many; what they cause is throttled here, so a flood costs a fetch a second.
const QUIET_MS = 1000;
const AGAIN_MS = 2000;
let waiting = null;
let keys = new Set();
let everything = false;
let state = "lost";
let met = false;

function flush() {
  waiting = null;
  const shown = document.getElementById("case");
  const [changed, all] = [keys, everything];
  keys = new Set();
  everything = false;
  const cases = all || [...changed].some((key) => key.startsWith("case:"));
  const beside = [...changed].some((key) => key === "guidance:self" || key.startsWith("claim:"));
  if (shown && (all || beside || changed.has(`case:${shown.dataset.case}`))) {
    window.htmx?.trigger(shown, "zs:case");
  }
  if (cases) document.dispatchEvent(new CustomEvent("zs:queue"));
  window.htmx?.trigger(document.body, "zs:header");
}

function note(fresh, all) {
  fresh.forEach((key) => keys.add(key));
  everything ||= all;
  waiting ??= setTimeout(flush, QUIET_MS);
}

// Never trust silence: connected, lost, away (nothing can be read), or out (the session ended).
function link(next = state) {
  state = next;
  const sign = document.getElementById("link");
  if (!sign) return;
  sign.classList.toggle("up", state === "connected");
  sign.classList.toggle("bad", state !== "connected");
  const text = sign.querySelector(".link-text");
  if (state !== "out") {
    text.textContent = document.body.dataset[state];
    return;
  }
  const door = document.createElement("a");
  door.href = "/signin";
  door.target = "_blank"; // what is being written here stays
  door.textContent = document.body.dataset.out;
  text.replaceChildren(door);
}

function tell(text) {
  const place = document.getElementById("notice");
  if (!place) return;
  const line = document.createElement("p");
  line.className = "notice bad";
  line.textContent = text;
  place.replaceChildren(line);
}

const sign = (status) => (status === 401 ? "out" : status >= 500 ? "away" : "connected");

// An answer that is no stream ends an EventSource for good: ask why, and begin anew.
async function again() {
  const answer = await fetch("/api/me").catch(() => null);
  link(answer ? sign(answer.status) : "lost");
  setTimeout(open, AGAIN_MS);
}

function open() {
  const stream = new EventSource("/api/events");
  stream.addEventListener("hello", () => {
    link("connected");
    if (met) note([], true);
    met = true;
  });
  stream.addEventListener("changed", (event) => note(JSON.parse(event.data).keys, false));
  stream.addEventListener("resync", () => note([], true));
  stream.addEventListener("error", () => {
    link("lost");
    if (stream.readyState === EventSource.CLOSED) again();
  });
  window.addEventListener("pagehide", () => stream.close());
}

export function startLive() {
  open();
  document.addEventListener("htmx:after:swap", () => link());
  document.addEventListener("htmx:after:request", (event) => {
    const status = event.detail.ctx.response.status;
    if (state !== "lost") link(sign(status));
  });
  document.addEventListener("htmx:error", () => tell(document.body.dataset.unreached));
}
