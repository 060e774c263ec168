// Keeps a page fresh: when the server says that something changed, the page is fetched anew and its live parts are exchanged.
// Whatever somebody is typing stays as it is. Every page works without this.
"use strict";

document.documentElement.classList.add("scripted");

const busy = () => {
  const active = document.activeElement;
  const types = active && active.closest("[data-live]") && active.matches("input, select, textarea");
  return Boolean(types || document.querySelector("[data-live] input:checked, [data-live] dialog[open]"));
};

// By what an element is found again in the fresh page.
function selectorOf(element) {
  for (const name of ["data-key", "href", "aria-label", "name"]) {
    const value = element.getAttribute(name);
    if (value) return `${element.localName}[${name}="${CSS.escape(value)}"]`;
  }
  return element.localName;
}

async function refresh() {
  if (busy()) return;
  const answer = await fetch(location.href, { headers: { accept: "text/html" }, redirect: "manual" });
  if (answer.type === "opaqueredirect") {
    location.reload();
    return;
  }
  if (!answer.ok || busy()) return;
  const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
  for (const part of document.querySelectorAll("[data-live]")) {
    const other = fresh.querySelector(`[data-live="${part.dataset.live}"]`);
    if (other && other.innerHTML !== part.innerHTML) {
      const focused = part.contains(document.activeElement) ? selectorOf(document.activeElement) : null;
      part.replaceChildren(...other.childNodes);
      if (focused) part.querySelector(focused)?.focus({ preventScroll: true });
    }
  }
}

let waiting = null;
let again = false;
function refreshSoon() {
  if (waiting) {
    again = true;
    return;
  }
  waiting = refresh().catch(() => {}).finally(() => {
    waiting = null;
    if (again) {
      again = false;
      setTimeout(refreshSoon, 500);
    }
  });
}

function screenOf(phone) {
  for (const picture of document.querySelectorAll(`img[data-screen="${CSS.escape(phone)}"]`)) {
    picture.src = `/phones/${phone}/screen.png?fresh=${Date.now()}`;
  }
}

if (document.querySelector("[data-live], img[data-screen]")) {
  const live = new EventSource("/live");
  let wasOpen = false;
  live.addEventListener("open", () => {
    // Whatever happened while the connection was away.
    if (wasOpen) refreshSoon();
    wasOpen = true;
  });
  live.addEventListener("changed", refreshSoon);
  live.addEventListener("screen", (event) => screenOf(event.data));
  const pictures = [...document.querySelectorAll("img[data-screen]")];
  // A phone sends its screen for a minute after somebody asked.
  if (pictures.length) setInterval(() => pictures.forEach((p) => screenOf(p.dataset.screen)), 50_000);
}

document.addEventListener("change", (event) => {
  if (event.target.matches("select[data-submit]")) event.target.form.submit();
  if (event.target.matches("input[data-all]")) {
    const boxes = event.target.closest("form, table").querySelectorAll("input[type=checkbox][name]");
    for (const box of boxes) box.checked = event.target.checked;
  }
});

document.addEventListener("change", async (event) => {
  const into = event.target.dataset?.into;
  if (into && event.target.files.length) document.getElementById(into).value = await event.target.files[0].text();
});

document.addEventListener("submit", (event) => {
  const question = event.submitter?.dataset.ask;
  if (question && !confirm(question)) event.preventDefault();
});
