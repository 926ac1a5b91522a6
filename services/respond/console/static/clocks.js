// Counts times down and up, in the same words as the server.
const words = document.body.dataset;
const skew = Date.now() - Date.parse(words.now);

const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name]);

export function span(seconds) {
  const whole = Math.trunc(Math.abs(seconds));
  const [m, h, d] = [60, 3600, 86400].map((size) => Math.floor(whole / size));
  if (whole < 60) return fill(words.s, { s: whole });
  if (whole < 3600) return fill(words.ms, { m, s: whole % 60 });
  if (whole < 86400) return fill(words.hm, { h, m: m % 60 });
  return fill(words.dh, { d, h: h % 24 });
}

function set(node, text) {
  if (node.textContent !== text) node.textContent = text;
}

function tick() {
  const now = Date.now() - skew;
  for (const node of document.querySelectorAll("[data-due]")) {
    const seconds = (Date.parse(node.dataset.due) - now) / 1000;
    const late = seconds < 0;
    set(node, fill(late ? words.late : words.left, { t: span(seconds) }));
    node.classList.toggle("late", late);
    node.classList.toggle("soon", !late && seconds < 300);
    node.classList.toggle("ok", !late && seconds >= 300);
  }
  for (const node of document.querySelectorAll("[data-since]")) {
    set(node, fill(words.ago, { t: span((now - Date.parse(node.dataset.since)) / 1000) }));
  }
}

export function startClocks() {
  tick();
  setInterval(tick, 1000);
}
