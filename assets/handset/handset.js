// The page of the virtual handsets: draws what the agents show, and sends them the keys that are pressed.
// It decides nothing: every screen, lamp and hook state comes from the server.

// Typed faster than this while a request is under way, keys are dropped, as a real keypad's buffer does.
const WAITING_KEYS_MAX = 32;
const PRESSED_LOOK_MS = 120;

const LETTERS = [
  ["1", ""], ["2", "ABC"], ["3", "DEF"],
  ["4", "GHI"], ["5", "JKL"], ["6", "MNO"],
  ["7", "PQRS"], ["8", "TUV"], ["9", "WXYZ"],
  ["*", ""], ["0", "+"], ["#", ""],
];
const SPOKEN = { "*": "Star", "#": "Hash" };
const TYPED = {
  Enter: "ok", Backspace: "back", Escape: "back",
  ArrowUp: "up", ArrowDown: "down", ArrowLeft: "left", ArrowRight: "right",
  F1: "soft1", F2: "soft2", F3: "soft3", F4: "soft4",
  c: "call", C: "call", h: "handset", H: "handset", s: "speaker", S: "speaker",
};

/** One phone on the page. */
class Phone {
  constructor(number, facts) {
    this.number = number;
    this.waiting = [];
    this.sending = false;
    this.wanted = "";
    this.drawn = "";
    this.drawing = false;

    const part = document.getElementById("phone").content.cloneNode(true);
    this.element = part.querySelector(".phone");
    this.element.setAttribute("aria-label", facts.name);
    this.element.dataset.phone = number;
    this.element.querySelector(".name").textContent = facts.name;
    this.canvas = this.element.querySelector("canvas");
    this.canvas.width = facts.panel.width;
    this.canvas.height = facts.panel.height;
    this.element.style.setProperty("--panel-width", facts.panel.width);
    this.element.style.setProperty("--panel-height", facts.panel.height);

    placeKeys(this.element.querySelector(".soft-keys"), "soft", facts.panel.soft_keys, "x", facts.panel.width);
    placeKeys(this.element.querySelector(".line-keys"), "line", facts.panel.line_keys, "y", facts.panel.height);
    this.element.querySelector(".pad").append(...LETTERS.map(dialKey));

    this.element.addEventListener("click", (event) => this.clicked(event));
    this.element.addEventListener("keydown", (event) => this.typed(event));
  }

  clicked(event) {
    const button = event.target.closest("button[data-key]");
    if (button) this.press(button.dataset.key);
    // After a click with a pointer the keyboard belongs to the whole phone, so Enter means OK and not "that key again".
    if (event.detail > 0) this.element.focus({ preventScroll: true });
  }

  typed(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const onButton = event.target.closest("button") !== null;
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const key = /^[0-9*#]$/.test(event.key) ? event.key : TYPED[event.key];
    if (!key) return;
    event.preventDefault();
    const toggles = key === "handset" || key === "speaker";
    if (event.repeat && toggles) return;
    this.look(key);
    this.press(key);
  }

  /** Lets the drawn key go down for a moment. */
  look(key) {
    const button = this.element.querySelector(`button[data-key="${CSS.escape(key)}"]`);
    if (!button) return;
    button.classList.add("down");
    setTimeout(() => button.classList.remove("down"), PRESSED_LOOK_MS);
  }

  /** Sends keys in the order they were pressed, never two requests at once. */
  async press(key) {
    if (this.waiting.length < WAITING_KEYS_MAX) this.waiting.push(key);
    if (this.sending) return;
    this.sending = true;
    try {
      while (this.waiting.length > 0) {
        const keys = this.waiting.splice(0);
        const answer = await fetch(`/phones/${this.number}/keys`, {
          method: "POST",
          headers: { "Content-Type": "application/json" },
          body: JSON.stringify({ keys }),
        });
        if (!answer.ok) announce("trouble", `Key not taken (${answer.status})`);
      }
    } catch {
      announce("lost", "Not connected");
    } finally {
      this.sending = false;
    }
  }

  /** Takes what the server says this phone looks like now. */
  show(face) {
    for (const lamp of this.element.querySelectorAll("[data-lamp]")) {
      lamp.dataset.on = String(Boolean(face.lamps[lamp.dataset.lamp]));
    }
    this.element.classList.toggle("lifted", face.lifted);
    this.element.querySelector('[data-key="handset"]').setAttribute("aria-pressed", face.lifted);
    this.element.querySelector('[data-key="speaker"]').setAttribute("aria-pressed", face.speaker);
    const spoken = this.element.querySelector(".spoken");
    if (spoken.textContent !== face.text) spoken.textContent = face.text;
    this.wanted = face.picture;
    this.draw();
  }

  /** Fetches and draws until the newest picture is on the glass; an older one never overtakes it. */
  async draw() {
    if (this.drawing) return;
    this.drawing = true;
    try {
      while (this.drawn !== this.wanted) {
        const wanted = this.wanted;
        const answer = await fetch(`/phones/${this.number}/screen.png?picture=${wanted}`);
        if (!answer.ok) break;
        const picture = await createImageBitmap(await answer.blob(), { colorSpaceConversion: "none" });
        this.canvas.getContext("2d", { alpha: false }).drawImage(picture, 0, 0);
        picture.close();
        this.drawn = wanted;
        this.canvas.dataset.picture = wanted;
      }
    } catch {
      announce("lost", "Not connected");
    } finally {
      this.drawing = false;
    }
  }
}

/** Hardware keys stand exactly where the panel says its labels are. */
function placeKeys(row, kind, slots, axis, whole) {
  const [start, size] = axis === "x" ? ["left", "width"] : ["top", "height"];
  const length = axis === "x" ? "width" : "height";
  slots.forEach((slot, index) => {
    const key = button(`${kind}${index + 1}`);
    key.setAttribute("aria-label", `${kind === "soft" ? "Soft key" : "Line key"} ${index + 1}`);
    key.style[start] = `${(100 * slot[axis]) / whole}%`;
    key.style[size] = `${(100 * slot[length]) / whole}%`;
    row.append(key);
  });
}

function dialKey([digit, letters]) {
  const key = button(digit);
  const name = SPOKEN[digit] ?? digit;
  key.setAttribute("aria-label", letters ? `${name}, ${letters}` : name);
  const small = document.createElement("small");
  small.textContent = letters;
  key.append(digit, small);
  return key;
}

function button(key) {
  const element = document.createElement("button");
  element.type = "button";
  element.dataset.key = key;
  return element;
}

function announce(state, words) {
  const link = document.getElementById("link");
  link.dataset.state = state;
  if (link.textContent !== words) link.textContent = words;
}

function showHints(hints) {
  const place = document.getElementById("hints");
  place.hidden = hints.length === 0;
  place.append(...hints.map((words) => {
    const hint = document.createElement("p");
    hint.textContent = words;
    return hint;
  }));
}

async function start() {
  const rack = await (await fetch("/phones")).json();
  const phones = rack.phones.map((facts, index) => new Phone(index + 1, facts));
  document.getElementById("phones").append(...phones.map((phone) => phone.element));
  showHints(rack.hints);
  phones[0]?.element.focus({ preventScroll: true });

  const events = new EventSource("/events");
  events.addEventListener("open", () => announce("live", "Live"));
  events.addEventListener("error", () => announce("lost", "Reconnecting…"));
  events.addEventListener("face", (event) => {
    const face = JSON.parse(event.data);
    announce("live", "Live");
    phones[face.phone - 1]?.show(face);
  });
}

start().catch(() => announce("lost", "The handsets do not answer. Reload the page."));
