// The query editor: YASQE of the package's own copy of YASGUI in place of the text field of the form. What the form
// answers as a page is shown below it without leaving; without this module the form does it alone.
// Nobody but this server is asked: the completers that YASQE brings, which ask others, are taken out.

const LONG = 6000; // characters of an address that every browser and proxy takes
const OFFERED = 50;

const form = document.querySelector("form.query[data-script]");
const field = form.querySelector("textarea");
const outcome = document.getElementById("outcome");
const status = form.querySelector("[role=status]");
const words = JSON.parse(form.dataset.words);

/** What a query can name, asked once. */
const terms = fetch(form.dataset.terms, { headers: { Accept: "application/json" } }).then((answer) => answer.json());

await import(form.dataset.script);
const { Yasqe } = globalThis.Yasgui;

/** The kind of term that fits where the cursor stands; null where any may. */
function fitting(yasqe, token) {
  const before = yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token);
  if (["a", "rdf:type", "rdfs:domain", "rdfs:range"].includes(before.state.lastProperty)) return "class";
  return token.state.possibleCurrent.includes("a") ? "property" : null;
}

/** The terms that a token begins or holds, in name or label, best first: those that begin so, then those that fit. */
function matching(all, text, kind) {
  const full = text.startsWith("<");
  const [prefix, rest] = full ? ["", text.slice(1)] : [text.slice(0, text.indexOf(":") + 1), text.slice(text.indexOf(":") + 1)];
  const wanted = rest.toLowerCase();
  const rank = ({ name, iri, label }) => {
    const local = (full ? iri : name.slice(prefix.length)).toLowerCase();
    if (local.startsWith(wanted)) return 0;
    return local.includes(wanted) || label.toLowerCase().includes(wanted) ? 1 : -1;
  };
  const found = all.filter((each) => (full || each.name.startsWith(prefix)) && rank(each) >= 0);
  const fits = found.filter((each) => each.kind === kind);
  return (fits.length ? fits : found).sort((one, other) => rank(one) - rank(other)).slice(0, OFFERED);
}

function drawn(element, term) {
  const name = document.createElement("code");
  name.textContent = term.name;
  const label = document.createElement("span");
  label.textContent = term.label;
  if (term.lang) label.lang = term.lang;
  const kind = document.createElement("span");
  kind.className = "kind";
  kind.textContent = words[term.kind];
  element.append(name, " ", label, " ", kind);
}

const written = (term) => (term.name === term.iri ? `<${term.iri}>` : term.name);

function completers({ prefixes, terms: all }) {
  delete Yasqe.Autocompleters.class;
  delete Yasqe.Autocompleters.property;
  const named = Object.entries(prefixes).map(([label, namespace]) => `${label}: <${namespace}>`);
  // What is stored in the browser would outlive the release it comes from.
  Yasqe.forkAutocompleter("prefixes", { name: "prefixes", get: () => named, persistenceId: null }, false);
  Yasqe.registerAutocompleter({
    name: "terms",
    bulk: false,
    autoShow: true,
    isValidCompletionPosition(yasqe) {
      const token = yasqe.getCompleteToken();
      if (["comment", "string", "atom"].includes(token.type) || !/^<|^[^"'?$#]*:/.test(token.string)) return false;
      const before = yasqe.getPreviousNonWsToken(yasqe.getDoc().getCursor().line, token).string.toUpperCase();
      return before !== "PREFIX" && !/^PREFIX\s/i.test(yasqe.getDoc().getLine(yasqe.getDoc().getCursor().line).trim());
    },
    get(yasqe, token) {
      const text = token.string.trim();
      // What is whole needs no suggestion: Enter begins a line then.
      if (all.some((term) => written(term) === text)) return [];
      return matching(all, text, fitting(yasqe, token)).map(written);
    },
    postprocessHints(_yasqe, hints) {
      const known = new Map(all.map((term) => [written(term), term]));
      return hints.map((hint) => ({ ...hint, render: (element) => drawn(element, known.get(hint.text)) }));
    },
  }, false);
  // Configurations are merged place by place, so the list has to be replaced.
  Yasqe.defaults.autocompleters = ["variables", "prefixes", "terms"];
}

completers(await terms);
const run = () => void ask();
const editor = new Yasqe(field.parentElement, {
  value: field.value,
  autocompleters: [],
  consumeShareLink: null,
  createShareableLink: null,
  persistenceId: null,
  showQueryButton: false,
  resizeable: false,
  editorHeight: "auto",
  viewportMargin: Infinity,
  // Tab leaves the editor, as it leaves every other field.
  extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": run, "Cmd-Enter": run },
});
// YASQE would say it in English on every completion; the page says it once, in the reader's language.
editor.showNotification = () => {};
editor.on("autocompletionShown", (_editor, widget) => widget.hints.setAttribute("aria-label", words.suggestions));
field.before(editor.rootEl);
field.hidden = true;
field.required = false;
const input = editor.getInputField();
input.id = "query-text";
input.setAttribute("aria-describedby", "keys");
form.querySelector("label[for=query]").htmlFor = input.id;
form.querySelectorAll(".examples, .keys, [data-share]").forEach((each) => { each.hidden = false; });
form.querySelector(".as").hidden = true;

let running, mark;

function unmark() {
  mark?.clear();
  mark = undefined;
}

/** Shows where the server met the error: the word at that place, with the cursor before it. */
function point() {
  unmark();
  const { line, column } = outcome.querySelector(".problem")?.dataset ?? {};
  if (!line) return;
  const place = { line: line - 1, ch: Math.max(0, (column || 1) - 1) };
  const end = editor.getTokenAt({ line: place.line, ch: place.ch + 1 }).end;
  mark = editor.getDoc().markText(place, { line: place.line, ch: Math.max(end, place.ch + 1) }, { className: "fault" });
  editor.getDoc().setCursor(place);
}

function address(more = {}) {
  const fields = new URLSearchParams(new FormData(form));
  fields.set("query", editor.getValue());
  fields.set("format", "html");
  for (const [name, value] of Object.entries(more)) fields.set(name, value);
  return { fields, url: `${form.action}?${fields}` };
}

/** A link that brings the query back; one that is too long for an address keeps it behind the #. */
function link() {
  const { url } = address();
  return url.length <= LONG ? url : `${form.action}#query=${encodeURIComponent(editor.getValue())}`;
}

function sent(more) {
  const { fields, url } = address(more);
  if (url.length <= LONG) return [url, {}];
  return [`${form.action}?${new URLSearchParams(more)}`, { method: "POST", body: fields }];
}

async function ask(more = {}) {
  running?.abort();
  const mine = (running = new AbortController());
  const stop = form.querySelector("[data-stop]");
  stop.hidden = false;
  status.textContent = words.running;
  let said = "";
  try {
    const [url, how] = sent(more);
    const answer = await fetch(url, { ...how, headers: { Accept: "text/html" }, signal: mine.signal });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    outcome.replaceChildren(...page.getElementById("outcome").childNodes);
    history.replaceState(null, "", link());
    point();
    said = (outcome.querySelector("caption") ?? outcome.querySelector("h2, p"))?.textContent ?? "";
  } catch (problem) {
    if (problem.name !== "AbortError") said = words.unreached;
  }
  if (running !== mine) return;
  stop.hidden = true;
  status.textContent = said;
}

editor.on("changes", () => {
  field.value = editor.getValue();
  unmark();
  name();
});

/** The sign of YASQE beside a line that it cannot parse, in the reader's language. */
function name() {
  for (const sign of editor.getWrapperElement().querySelectorAll(".parseErrorIcon")) {
    sign.onmouseover = sign.onmouseout = null;
    sign.title = words.unparsed;
    sign.setAttribute("role", "img");
    sign.setAttribute("aria-label", words.unparsed);
  }
}

form.addEventListener("submit", (event) => {
  event.preventDefault();
  run();
});
form.querySelector("[data-stop]").addEventListener("click", () => running?.abort());
form.querySelector("[data-share]").addEventListener("click", async () => {
  history.replaceState(null, "", link());
  try {
    await navigator.clipboard.writeText(location.href);
    status.textContent = words.copied;
  } catch {
    // Without https there is no clipboard, and a browser may refuse it.
    status.textContent = words.uncopied;
  }
});
form.querySelector("#example").addEventListener("change", async (event) => {
  if (!event.target.value) return;
  const text = await (await fetch(event.target.value)).text();
  editor.setValue(text.split("\n").filter((line) => !line.startsWith("#+")).join("\n").trimStart());
  outcome.replaceChildren();
});
outcome.addEventListener("click", (event) => {
  const chosen = event.target.closest(".sort, .pages a");
  if (!chosen || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  const { searchParams } = new URL(chosen.href);
  const wanted = Object.fromEntries([...searchParams].filter(([name]) => name === "page" || name === "sort"));
  void ask(wanted).then(() => outcome.scrollIntoView());
});

const carried = new URLSearchParams(location.hash.slice(1)).get("query");
if (carried !== null) editor.setValue(carried);
name();
point();
form.dataset.ready = "";
