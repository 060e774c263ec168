// The page of the virtual handsets: draws what the agents show, and sends them the keys that are pressed.
// It decides nothing: every screen, lamp and hook state comes from the server.

// Typed faster than this while a request is under way, keys are dropped, as a real keypad's buffer does.
const WAITING_KEYS_MAX = 32;
const PRESSED_LOOK_MS = 120;
// As long as a keypad waits.
const HELD_MS = 800;
// The glass of a small panel is enlarged by whole pixels up to about this many.
const GLASS_WIDTH = 440;

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
  F1: "soft1", F2: "soft2", F3: "soft3", F4: "soft4", F5: "soft5",
  c: "call", C: "call", h: "handset", H: "handset", s: "speaker", S: "speaker",
};

/** What a key does as well when it is held; nothing for most. */
function heldKey(key) {
  return key === "back" ? "clear" : key.startsWith("soft") ? key.replace("soft", "hold") : undefined;
}

/** One phone on the page. */
class Phone {
  constructor(number, facts, panels) {
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
    this.choice = this.element.querySelector(".choice");
    this.choice.hidden = !facts.choice;
    this.choices = Object.fromEntries([...this.choice.children].map((list) => [list.dataset.choice, list]));
    this.choices.panel.append(...panels.map((name) => new Option(name.replace("x", " × "), name)));
    this.fit(facts.panel);
    this.element.querySelector(".pad").append(...LETTERS.map(dialKey));

    this.element.addEventListener("click", (event) => this.clicked(event));
    this.element.addEventListener("pointerdown", (event) => this.hold(event));
    for (const end of ["pointerup", "pointercancel", "pointerout"]) {
      this.element.addEventListener(end, () => clearTimeout(this.holding));
    }
    this.element.addEventListener("keydown", (event) => this.typed(event));
    this.choice.addEventListener("change", () => this.choose());
  }

  /** Draws the phone around a panel: its glass, and each key where the panel says that its label is. */
  fit(panel) {
    this.panel = panel;
    this.drawn = "";
    this.canvas.width = panel.width;
    this.canvas.height = panel.height;
    const style = this.element.style;
    style.setProperty("--panel-width", panel.width);
    style.setProperty("--panel-height", panel.height);
    style.setProperty("--scale", Math.max(1, Math.floor(GLASS_WIDTH / panel.width)));
    this.element.dataset.look = panel.look;
    this.choices.panel.value = panel.name;
    this.choices.theme.value = panel.theme || "dark";
    this.choices.theme.hidden = panel.look !== "colour";

    const soft = panel.soft_keys.map((slot, index) => ({ name: `soft${index + 1}`, label: `Soft key ${index + 1}`, slot }));
    const line = panel.line_keys.map((slot, index) => ({ name: `line${index + 1}`, label: `Line key ${index + 1}`, slot }));
    const isLeft = ({ slot }) => slot.x + slot.width / 2 < panel.width / 2;
    placeKeys(this.element.querySelector(".soft-keys"), soft, "x", panel.width);
    for (const row of this.element.querySelectorAll(".line-keys")) {
      const left = row.dataset.side === "left";
      const keys = line.filter((key) => isLeft(key) === left);
      row.hidden = keys.length === 0;
      placeKeys(row, keys, "y", panel.height);
    }
  }

  /** Gives the phone the panel and the theme that are selected. */
  async choose() {
    const body = { panel: this.choices.panel.value, theme: this.choices.theme.value };
    announce("waiting", "Fitting the panel…");
    try {
      const answer = await fetch(`/phones/${this.number}/panel`, {
        method: "PUT",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      });
      announce(answer.ok ? "live" : "lost", answer.ok ? "Live" : (await answer.text()).trim());
    } catch {
      announce("lost", "Not connected");
    }
    this.element.focus({ preventScroll: true });
  }

  /** A key that stays down is pressed and held; the click at its end is no second press. */
  hold(event) {
    this.wasHeld = false;
    clearTimeout(this.holding);
    const key = event.target.closest("button[data-key]")?.dataset.key;
    const held = key && heldKey(key);
    if (!held) return;
    this.holding = setTimeout(() => {
      this.wasHeld = true;
      this.press(key);
      this.press(held);
    }, HELD_MS);
  }

  clicked(event) {
    const button = event.target.closest("button[data-key]");
    if (button && !this.wasHeld) this.press(button.dataset.key);
    this.wasHeld = false;
    // After a click with a pointer the keyboard belongs to the whole phone, so Enter means OK and not "that key again".
    if (event.detail > 0) this.element.focus({ preventScroll: true });
  }

  typed(event) {
    if (event.target.closest("select")) return;
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    const onButton = event.target.closest("button") !== null;
    if (onButton && (event.key === "Enter" || event.key === " ")) return;
    const key = /^[0-9*#]$/.test(event.key) ? event.key : TYPED[event.key];
    if (!key) return;
    event.preventDefault();
    const toggles = key === "handset" || key === "speaker";
    if (event.repeat && toggles) return;
    if (event.repeat && heldKey(key)) {
      if (!this.wasHeld) this.press(heldKey(key));
      this.wasHeld = true;
      return;
    }
    this.wasHeld = false;
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
function placeKeys(row, keys, axis, whole) {
  const [start, size] = axis === "x" ? ["left", "width"] : ["top", "height"];
  const length = axis === "x" ? "width" : "height";
  row.replaceChildren(...keys.map(({ name, label, slot }) => {
    const key = button(name);
    key.setAttribute("aria-label", label);
    key.style[start] = `${(100 * slot[axis]) / whole}%`;
    key.style[size] = `${(100 * slot[length]) / whole}%`;
    return key;
  }));
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

/** A face on another panel than the page knows comes after that panel. */
async function showFace(phone, face) {
  if (!phone) return;
  phone.newest = face;
  if (face.panel !== phone.panel.name || face.theme !== phone.panel.theme) {
    const rack = await (await fetch("/phones")).json();
    // Another face may have come meanwhile.
    if (phone.newest !== face) return;
    phone.fit(rack.phones[phone.number - 1].panel);
  }
  phone.show(face);
}

async function start() {
  const rack = await (await fetch("/phones")).json();
  const phones = rack.phones.map((facts, index) => new Phone(index + 1, facts, rack.panels));
  document.getElementById("phones").append(...phones.map((phone) => phone.element));
  showHints(rack.hints);
  phones[0]?.element.focus({ preventScroll: true });

  const events = new EventSource("/events");
  events.addEventListener("open", () => announce("live", "Live"));
  events.addEventListener("error", () => announce("lost", "Reconnecting…"));
  events.addEventListener("face", (event) => {
    const face = JSON.parse(event.data);
    announce("live", "Live");
    showFace(phones[face.phone - 1], face);
  });
}

start().catch(() => announce("lost", "The handsets do not answer. Reload the page."));
