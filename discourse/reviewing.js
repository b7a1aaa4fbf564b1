// One statement at a time: its passage, the codes of each variable, and keys for both. All text is set as text.
function element(name, parent, text) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  parent.appendChild(made);
  return made;
}

function render({ model, el }) {
  const words = model.get("words");
  const rightToLeft = words.direction === "rtl";
  const box = element("div", el);
  box.tabIndex = 0;
  box.className = "discourse-review";
  box.dir = words.direction;
  box.style.cssText = "padding:0.8em;border:1px solid #80808080;max-width:56em;line-height:1.8;color:inherit";

  function choose(variable, code) {
    model.send({ place: model.get("place"), variable, code });
  }

  function move(step) {
    const place = model.get("place") + step;
    if (place < 0 || place >= model.get("statements").length) return;
    model.set("place", place);
    model.save_changes();
  }

  function draw() {
    box.replaceChildren();
    const statements = model.get("statements");
    const place = model.get("place");
    const codes = model.get("codes")[place] || {};
    const head = element("p", box);
    element("b", head, `${place + 1} / ${statements.length}`);
    element("span", head, `  ·  ${words.decided}: ${model.get("decided")}  ·  `);
    element("bdi", head, statements[place].about);
    const passage = element("p", box);
    passage.dir = "rtl";
    passage.lang = "ar";
    passage.style.cssText = "text-align:right;font-size:1.15em";
    for (const [kind, text] of statements[place].pieces) {
      const piece = element(kind === "content" ? "mark" : kind === "plain" ? "span" : "b", passage, text);
      if (kind === "source") piece.style.textDecoration = "underline double";
      if (kind === "cue") piece.style.textDecoration = "underline dotted";
    }
    model.get("variables").forEach((variable, row) => {
      const line = element("p", box);
      line.dataset.variable = variable.name;
      if (row === model.get("row")) line.style.cssText = "border-inline-start:4px solid #0072B2;padding-inline-start:0.5em";
      element("span", line, `${variable.question} `);
      variable.codes.forEach((code, number) => {
        const button = element("button", line, `${number + 1} ${code.label}`);
        const chosen = (codes[variable.name] || "").split(" ").includes(code.code);
        button.dataset.code = code.code;
        button.setAttribute("aria-pressed", chosen);
        button.style.cssText = "margin-inline:0.2em;padding:0.1em 0.6em;border:1px solid #808080;border-radius:0.3em;" +
          (chosen ? "background:#0072B2;color:white" : "background:transparent;color:inherit");
        button.onclick = () => choose(variable.name, code.code);
      });
    });
    element("p", box, words.keys).style.cssText = "font-size:0.8em;opacity:0.75";
    const fault = model.get("fault");
    if (fault) element("p", box, fault).style.color = "#D55E00";
  }

  box.addEventListener("keydown", (event) => {
    const variables = model.get("variables");
    const row = model.get("row");
    const forward = rightToLeft ? "ArrowLeft" : "ArrowRight";
    const back = rightToLeft ? "ArrowRight" : "ArrowLeft";
    if (event.key === forward) move(1);
    else if (event.key === back) move(-1);
    else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const step = event.key === "ArrowDown" ? 1 : variables.length - 1;
      model.set("row", (row + step) % variables.length);
      model.save_changes();
    } else if (/^[1-9]$/.test(event.key) && variables[row].codes[event.key - 1]) {
      choose(variables[row].name, variables[row].codes[event.key - 1].code);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  });
  for (const name of ["place", "row", "codes", "decided", "fault"]) model.on(`change:${name}`, draw);
  draw();
}

export default { render };
