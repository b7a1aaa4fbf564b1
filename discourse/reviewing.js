// One statement at a time: its passage, the codes of each variable, and keys for all of it. All text is set as text.
// What is shown as decided is what the kernel has written to the file; keys need not wait for that.
const PATIENCE = 5000; // milliseconds without an answer after which it is said

function element(name, parent, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  parent.appendChild(made);
  return made;
}

function render({ model, el }) {
  const words = model.get("words");
  const variables = model.get("variables");
  const statements = model.get("statements");
  const box = element("div", el, undefined, "discourse-review");
  box.tabIndex = 0;
  box.dir = words.direction;
  box.lang = words.language;
  box.dataset.lmSuppressShortcuts = "true"; // JupyterLab's own single keys delete and move cells
  let row = firstOpen(model.get("place"));
  let asked = model.get("answered"); // messages sent, counted as the kernel counts what it has dealt with
  let unanswered = false;

  function codesOf(place) {
    return model.get("codes")[place] || {};
  }

  function firstOpen(place) {
    if (codesOf(place)[variables[0].name] === "no") return 0;
    return Math.max(0, variables.findIndex((variable) => !(variable.name in codesOf(place))));
  }

  function send(message) {
    asked += 1;
    const mine = asked;
    model.send({ ...message, place: model.get("place") });
    setTimeout(() => {
      if (model.get("answered") >= mine) return;
      unanswered = true;
      draw();
    }, PATIENCE);
  }

  function show(place) {
    if (place < 0 || place >= statements.length) return;
    row = firstOpen(place);
    model.set("place", place);
    model.save_changes();
    draw();
  }

  function goOn() {
    if (row + 1 < variables.length) {
      row += 1;
      draw();
    } else show(model.get("place") + 1);
  }

  // The others may stay open where the first variable is `no`.
  function decide(variable, code) {
    send({ act: "set", variable: variable.name, code });
    if (variable === variables[0] && code === "no") show(model.get("place") + 1);
    else goOn();
  }

  function choose(number) {
    const variable = variables[row];
    const code = variable.codes[number - 1];
    if (variable.kind === "several" && number === 0) decide(variable, "");
    else if (code && variable.kind === "several") send({ act: "switch", variable: variable.name, code: code.code });
    else if (code) decide(variable, code.code);
  }

  function accept() {
    const variable = variables[row];
    const proposed = statements[model.get("place")].proposed[variable.name];
    if (variable.name in codesOf(model.get("place"))) goOn();
    else if (proposed !== undefined) decide(variable, proposed);
  }

  function reject() {
    row = 0;
    decide(variables[0], "no");
  }

  const acts = {
    Enter: accept,
    Delete: reject,
    Backspace: () => send({ act: "undo" }),
    ArrowUp: () => { row = Math.max(0, row - 1); draw(); },
    ArrowDown: () => { row = Math.min(variables.length - 1, row + 1); draw(); },
    [words.direction === "rtl" ? "ArrowRight" : "ArrowLeft"]: () => show(model.get("place") - 1),
    [words.direction === "rtl" ? "ArrowLeft" : "ArrowRight"]: () => show(model.get("place") + 1),
  };
  const rejectable = variables[0].codes.some((code) => code.code === "no");
  if (!rejectable) delete acts.Delete;

  function button(parent, key, label, act) {
    const made = element("button", parent);
    made.type = "button";
    element("kbd", made, key);
    element("span", made, label);
    made.onclick = () => { act(); box.focus(); };
    return made;
  }

  function drawVariable(variable, index, codes, proposed) {
    const line = element("div", box, undefined, "variable");
    line.dataset.variable = variable.name;
    line.classList.toggle("asked", index === row);
    line.classList.toggle("idle", index > 0 && codes[variables[0].name] === "no");
    element("span", line, variable.question, "question");
    const given = codes[variable.name];
    const holds = (codesInOne, code) => codesInOne !== undefined && (code ? codesInOne.split(" ").includes(code) : codesInOne === "");
    const choices = variable.codes.map((code, place) => [place + 1, code.label, code.code]);
    if (variable.kind === "several") choices.unshift([0, words.none, ""]);
    for (const [number, label, code] of choices) {
      const made = button(line, number, label, () => { row = index; choose(number); });
      made.dataset.code = code;
      made.setAttribute("aria-pressed", holds(given, code));
      made.classList.toggle("proposed", holds(proposed, code));
    }
  }

  function draw() {
    const focused = box.contains(document.activeElement);
    box.replaceChildren();
    const place = model.get("place");
    const statement = statements[place];
    const head = element("p", box, undefined, "head");
    element("b", head, `${place + 1} ${words.of} ${statements.length}`);
    element("span", head, `${words.decided}: ${model.get("decided")}`);
    element("span", head, words.kept);
    element("bdi", head, statement.about);
    const passage = element("p", box, undefined, "passage");
    passage.dir = "rtl";
    passage.lang = "ar";
    for (const [kind, text] of statement.pieces)
      element({ content: "mark", plain: "span" }[kind] || "b", passage, text, kind);
    variables.forEach((variable, index) =>
      drawVariable(variable, index, codesOf(place), statement.proposed[variable.name]));
    if (model.get("decided") === statements.length) element("p", box, words.all_decided, "note done");
    for (const note of model.get("notes")) element("p", box, note, "note");
    const fault = unanswered ? words.unanswered : model.get("fault");
    if (fault) element("p", box, fault, "fault").setAttribute("role", "alert");
    const keys = element("div", box, undefined, "keys");
    button(keys, "Enter", words.accept, accept);
    if (rejectable) button(keys, "Delete", words.reject, reject);
    button(keys, "Backspace", words.undo, acts.Backspace);
    const [back, on] = words.direction === "rtl" ? "→←" : "←→";
    button(keys, back, words.previous, () => show(place - 1));
    button(keys, on, words.next, () => show(place + 1));
    element("p", keys, words.keys, "note");
    if (focused) box.focus({ preventScroll: true });
  }

  box.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.key === "Tab") return;
    event.stopPropagation();
    const pressed = event.target !== box && (event.key === "Enter" || event.key === " ");
    if (pressed) return; // a button that was reached by Tab
    const digit = /^(?:Digit|Numpad)(\d)$/.exec(event.code); // wherever digits lie, whichever the keyboard writes
    const act = digit ? () => choose(Number(digit[1])) : acts[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });
  model.on("change:answered", () => { unanswered = false; draw(); });
  model.on("change:place", () => { row = firstOpen(model.get("place")); draw(); });
  draw();
}

export default { render };
