// One letter, one action. Inert in fields, with modifiers, while an input method composes, or off.
const OFF = "zs.keys.off";
let chord = null;

const busy = (event) =>
  event.isComposing ||
  event.keyCode === 229 ||
  event.ctrlKey ||
  event.metaKey ||
  event.altKey ||
  localStorage.getItem(OFF) === "1";

const typing = (target) => Boolean(target.closest?.("input, textarea, select, [contenteditable]"));

function move(step) {
  const all = [...document.querySelectorAll(".rows .row")];
  if (!all.length) return;
  const marked = document.activeElement?.closest(".row") ?? document.querySelector(".row[aria-current]");
  const next = all[Math.min(all.length - 1, Math.max(0, all.indexOf(marked) + step))];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
}

function press(key) {
  const name = CSS.escape(key);
  const all = [...document.querySelectorAll(`[data-key="${name}"]`)];
  const free = (each) => !each.disabled && !each.checked && each.offsetParent !== null;
  const button = all.find(free);
  const held = all.find((each) => "sends" in each.dataset && each.offsetParent !== null);
  if (button) button.click();
  else if (held) stopped(held);
  return Boolean(button);
}

// A key that may not send yet says why, and leads to the next thing that would let it.
function stopped(button) {
  const place = document.getElementById(button.getAttribute("aria-describedby") ?? "findings");
  const next = place?.querySelector("button[data-reword], input[name=promises]:not(:checked)");
  (next ?? place)?.scrollIntoView({ block: "nearest" });
  next?.focus();
  const why = place?.querySelector(".gate-head strong") ?? place;
  document.getElementById("say").textContent = why?.textContent.trim() ?? "";
}

function write() {
  const field = document.getElementById("text");
  field?.focus();
  field?.scrollIntoView({ block: "center" });
}

const sheet = () => document.getElementById("keys").showModal();
const simple = {
  j: () => move(1),
  k: () => move(-1),
  r: write,
  "/": () => document.getElementById("filter")?.focus(),
};
const places = { q: "/queue", a: "/approvals", p: "/policy", s: "/status" };

function act(key) {
  if (chord) {
    clearTimeout(chord);
    chord = null;
    if (places[key]) location.assign(places[key]);
    return true;
  }
  if (key === "g") {
    chord = setTimeout(() => (chord = null), 1000);
    return true;
  }
  if (simple[key]) {
    simple[key]();
    return true;
  }
  return "caypusn123".includes(key) && press(key);
}

function onKey(event) {
  if (busy(event) || document.querySelector("dialog[open]")) return;
  if (event.key === "Escape") {
    if (typing(event.target)) event.target.blur();
    else press("Escape");
    return;
  }
  if (typing(event.target)) return;
  if (event.key === "?") {
    event.preventDefault();
    sheet();
  } else if (event.key.length === 1 && act(event.key)) {
    event.preventDefault();
  }
}

export function startKeys() {
  document.addEventListener("keydown", onKey);
  document.addEventListener("click", (event) => {
    if (event.target.closest('[data-key="?"]')) sheet();
  });
  const on = document.getElementById("keys-on");
  on.checked = localStorage.getItem(OFF) !== "1";
  on.addEventListener("change", () => localStorage.setItem(OFF, on.checked ? "0" : "1"));
}
