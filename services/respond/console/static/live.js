// One event stream: says which keys changed, and whoever shows them fetches them again.
// Frames are cheap and many; what they cause is throttled here, so a flood costs a fetch a second.
const QUIET_MS = 1000;
let waiting = null;
let keys = new Set();
let everything = false;

function flush() {
  waiting = null;
  const shown = document.getElementById("case");
  const [changed, all] = [keys, everything];
  keys = new Set();
  everything = false;
  const cases = all || [...changed].some((key) => key.startsWith("case:"));
  if (shown && (all || changed.has(`case:${shown.dataset.case}`))) {
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

function link(up) {
  const sign = document.getElementById("link");
  if (!sign) return;
  sign.classList.toggle("up", up);
  sign.classList.toggle("bad", !up);
  const { connected, lost } = document.body.dataset;
  sign.querySelector(".link-text").textContent = up ? connected : lost;
}

export function startLive() {
  let up = false;
  let met = false;
  const stream = new EventSource("/api/events");
  stream.addEventListener("hello", () => {
    link((up = true));
    if (met) note([], true);
    met = true;
  });
  stream.addEventListener("changed", (event) => note(JSON.parse(event.data).keys, false));
  stream.addEventListener("resync", () => note([], true));
  stream.addEventListener("error", () => link((up = false)));
  document.addEventListener("htmx:after:swap", () => link(up));
  window.addEventListener("pagehide", () => stream.close());
}
