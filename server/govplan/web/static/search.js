// As-you-type search: suggestions below the box in the header, and results that follow on the search page.
// Both only bring forward what the form would answer; without this module the form does it alone.

const PAUSE = 120; // milliseconds after the last key
const FIRST = 8;

/** Calls `ask(text, signal)` a moment after the last change of `input`; an older answer never overtakes a newer one. */
function whileTyping(input, ask) {
  let timer, running;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    running?.abort();
    timer = setTimeout(async () => {
      running = new AbortController();
      try {
        await ask(input.value, running.signal);
      } catch (problem) {
        if (problem.name !== "AbortError") throw problem;
      }
    }, PAUSE);
  });
}

/** A label as pages show it: what would turn the direction of letters is written as its code point. */
function shown(label) {
  const code = (control) => `⟨U+${control.charCodeAt(0).toString(16).toUpperCase().padStart(4, "0")}⟩`;
  return label.replace(/[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g, code);
}

/** The address the form would go to with a text, without what is empty. */
function address(form, text, more = {}) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("q", text);
  for (const [name, value] of Object.entries(more)) fields.set(name, value);
  return `${form.action}?${fields}`;
}

/** The box in the header becomes a combobox (ARIA Authoring Practices, list autocomplete with manual selection). */
function suggest(form) {
  const input = form.querySelector("input[type=search]");
  const list = document.createElement("ul");
  list.id = `${input.id}-list`;
  list.className = "suggestions";
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", form.dataset.suggest);
  list.hidden = true;
  form.append(list);
  for (const [name, value] of Object.entries({ role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": list.id })) {
    input.setAttribute(name, value);
  }
  let active = -1;

  const show = (open) => {
    list.hidden = !open;
    input.setAttribute("aria-expanded", String(open));
    if (!open) mark(-1);
  };
  const mark = (place) => {
    active = place;
    [...list.children].forEach((option, each) => option.setAttribute("aria-selected", String(each === place)));
    if (place < 0) input.removeAttribute("aria-activedescendant");
    else input.setAttribute("aria-activedescendant", list.children[place].id);
  };
  const option = (label, kind, url, lang, place) => {
    const item = document.createElement("li");
    item.id = `${list.id}-${place}`;
    item.setAttribute("role", "option");
    item.setAttribute("aria-selected", "false");
    item.dataset.url = url;
    const name = document.createElement("span");
    name.textContent = shown(label);
    name.lang = lang;
    name.dir = "auto";
    const what = document.createElement("span");
    what.className = "meta";
    what.textContent = kind;
    item.append(name, " ", what);
    return item;
  };

  whileTyping(input, async (text, signal) => {
    if (!text.trim()) return show(false);
    const answer = await fetch(address(form, text, { format: "json", limit: FIRST }), { signal });
    if (!answer.ok) return show(false);
    const found = await answer.json();
    const options = found.results.filter((each) => each.url);
    list.replaceChildren(...options.map((each, place) => option(each.label, each.kind, each.url, each.lang, place)));
    mark(-1);
    show(options.length > 0 && document.activeElement === input);
  });
  input.addEventListener("keydown", (event) => {
    const count = list.children.length;
    if (list.hidden || !count) return;
    if (event.key === "ArrowDown") mark((active + 1) % count);
    else if (event.key === "ArrowUp") mark(active <= 0 ? count - 1 : active - 1);
    else if (event.key === "Escape") show(false);
    else if (event.key === "Enter" && active >= 0) location.assign(list.children[active].dataset.url);
    else return;
    event.preventDefault();
  });
  list.addEventListener("pointerdown", (event) => {
    const item = event.target.closest("[role=option]");
    event.preventDefault();
    if (item) location.assign(item.dataset.url);
  });
  input.addEventListener("blur", () => show(false));
}

/** The results of the search page follow what is typed; the address follows them, so that it can be shared. */
function follow(form) {
  const results = document.getElementById(form.dataset.live);
  whileTyping(form.querySelector("input[type=search]"), async (text, signal) => {
    const url = address(form, text);
    const answer = await fetch(url, { headers: { Accept: "text/html" }, signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById(results.id);
    if (!fresh) return;
    results.replaceChildren(...fresh.childNodes);
    document.title = page.title;
    history.replaceState(null, "", url);
  });
}

document.querySelectorAll("form[data-suggest]").forEach(suggest);
document.querySelectorAll("form[data-live]").forEach(follow);
