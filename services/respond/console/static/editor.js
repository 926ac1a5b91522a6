// Suggestions and rewordings go into the editor; a text the gate blocks cannot be sent from here.
// (The server decides; the button only says so earlier.)
const text = () => document.getElementById("text");

function changed(field) {
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
}

function take(button) {
  const field = text();
  if (!field) return;
  field.value = button.dataset.text;
  field.form.elements.suggestion_id.value = button.dataset.suggestion;
  changed(field);
}

// Spans count code points, the field counts UTF-16 units: go through an array of code points.
function reword(button) {
  const field = text();
  const { start, end } = button.closest("[data-start]").dataset;
  const points = Array.from(field.value);
  const before = points.slice(0, Number(start)).join("");
  const put = button.dataset.reword;
  field.value = before + put + points.slice(Number(end)).join("");
  field.selectionStart = field.selectionEnd = before.length + put.length;
  changed(field);
}

function judge() {
  const found = document.querySelector("#findings [data-level]")?.dataset;
  const stop = found?.level === "hold" || found?.level === "block";
  const forReview = found?.reviewable === "true";
  const ticks = [...document.querySelectorAll("#findings input[name=promises]")];
  const open = ticks.some((each) => !each.checked);
  const withheld = document.getElementById("withheld") !== null;
  for (const button of document.querySelectorAll("[data-sends]")) {
    const confirms = "confirms" in button.dataset;
    const held = confirms ? stop || open || withheld : stop && !forReview;
    button.disabled = held;
    if (held) button.setAttribute("aria-describedby", withheld && confirms ? "withheld" : "findings");
    else button.removeAttribute("aria-describedby");
  }
}

// What could not be checked is not passed: until the gate answers again nothing leaves from here.
function unchecked(event) {
  const place = document.getElementById("findings");
  if (event.detail.ctx?.sourceElement !== text() || !place) return;
  const line = document.createElement("p");
  line.className = "gate hold";
  line.dataset.level = "hold";
  line.textContent = document.body.dataset.unchecked;
  place.replaceChildren(line);
  judge();
}

export function startEditor() {
  document.addEventListener("htmx:response:error", unchecked);
  document.addEventListener("htmx:error", unchecked);
  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button?.dataset.suggestion) take(button);
    if (button && "reword" in button.dataset) reword(button);
  });
  document.addEventListener("change", (event) => event.target.name === "promises" && judge());
  const findings = () => document.getElementById("findings");
  document.addEventListener("htmx:after:swap", () => findings() && judge());
  if (findings()) judge();
}
