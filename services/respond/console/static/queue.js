// Rows change in place; new ones are announced and wait until they are asked for. Nothing jumps.
const list = () => document.querySelector('[data-live="queue"]');
let pending = null;

const address = () => {
  const here = new URL(location.href);
  const wanted = new URL("/queue", location.href);
  if (here.pathname === "/queue") wanted.search = here.search;
  wanted.searchParams.set("part", "rows");
  return wanted;
};

const rows = (root) =>
  new Map([...root.querySelectorAll("[data-row]")].map((row) => [row.dataset.row, row]));

async function fetchRows() {
  const answer = await fetch(address(), { headers: { Accept: "text/html" } }).catch(() => null);
  if (!answer?.ok || answer.redirected) return null; // the header says that nothing can be read
  return new DOMParser().parseFromString(await answer.text(), "text/html").body;
}

// The figures may change under the eyes; the rows may not.
function total(body) {
  const all = body.querySelector("#rows").dataset.total;
  for (const node of document.querySelectorAll("[data-total-of]")) {
    node.textContent = node.dataset.totalOf.replace("{n}", all);
  }
  if (document.querySelector("main.queue")) document.title = document.title.replace(/\d+/, all);
}

function announce(count) {
  const news = document.getElementById("news");
  news.hidden = count === 0;
  const text = count === 0 ? "" : document.body.dataset.news.replace("{n}", count);
  news.querySelector("button").textContent = text;
  const say = document.getElementById("say");
  if (say.textContent !== text) say.textContent = text;
}

async function refresh() {
  const body = await fetchRows();
  if (!body || !list()) return;
  total(body);
  const fresh = rows(body);
  const shown = rows(list());
  for (const [id, row] of shown) {
    const next = fresh.get(id);
    row.classList.toggle("done", !next);
    if (!next) continue;
    const [link, other] = [row.querySelector(".row"), next.querySelector(".row")];
    if (link.innerHTML !== other.innerHTML) link.replaceChildren(...other.cloneNode(true).childNodes);
    row.className = next.className;
  }
  pending = body;
  announce([...fresh.keys()].filter((id) => !shown.has(id)).length);
}

async function load() {
  const body = pending ?? (await fetchRows());
  if (!body) return;
  const focused = document.activeElement?.closest("[data-row]")?.dataset.row;
  const current = list().querySelector("[aria-current]")?.closest("[data-row]")?.dataset.row;
  total(body);
  list().replaceChildren(...body.childNodes);
  pending = null;
  announce(0);
  const fresh = rows(list());
  if (current) fresh.get(current)?.querySelector(".row").setAttribute("aria-current", "page");
  if (focused) fresh.get(focused)?.querySelector(".row").focus();
}

export function startQueue() {
  if (!list()) return;
  document.addEventListener("zs:queue", refresh);
  document.querySelector("#news button").addEventListener("click", load);
  document.querySelector(".filters")?.addEventListener("change", (event) => {
    event.currentTarget.requestSubmit();
  });
}
