"""The dashboard's script: sorts, filters and pages the table of students, from the JSON in the page.

It writes texts as text nodes and never as markup; where to link to is the page's own word. Sort keys come
from `grader.report.register`, so the script compares nothing but numbers. A student without a score is last
in either direction.
"""

SCRIPT = r"""
"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const PAGE = 100;
  const LATE = 1;
  const MARKS = /\p{M}/gu;
  const element = (id) => document.getElementById(id);
  const body = element("rows");
  const places = data.names.map((_, place) => place);
  const code = new Map(Array.from(data.alphabet, (letter, place) => [letter, place]));
  const passed = data.strips.map((strip) =>
    strip === "" ? null : Array.from(strip).filter((letter) => data.kinds[code.get(letter)][3]).length);
  const keys = {
    name: places,
    id: data.by_id,
    score: data.scores,
    late: data.flags.map((flag) => flag & LATE),
    passed: passed,
  };
  const view = { find: "", flag: 0, failed: -1, only: "", key: "name", down: false, page: 0 };
  let words = null;
  let shown = places;

  function plain(text) {
    return text.normalize("NFKD").replace(MARKS, "").toLowerCase();
  }

  function found() {
    words ??= places.map((place) => plain(`${data.names[place]} ${data.ids[place] ?? ""}`));
    const wanted = plain(view.find.trim());
    const only = view.only === "" ? null : new Set(data.sets[view.only]);
    return places.filter((place) =>
      (wanted === "" || words[place].includes(wanted))
      && (view.flag === 0 || (data.flags[place] & view.flag) !== 0)
      && (view.failed < 0 || fails(place))
      && (only === null || only.has(place)));
  }

  function fails(place) {
    const letter = data.strips[place][view.failed];
    return letter !== undefined && !data.kinds[code.get(letter)][3];
  }

  function sorted(some) {
    const key = keys[view.key];
    const sign = view.down ? -1 : 1;
    return some.slice().sort((a, b) => {
      if (key[a] === null || key[b] === null) {
        return (key[a] === null) - (key[b] === null) || a - b;
      }
      return sign * (key[a] - key[b]) || a - b;
    });
  }

  function made(tag, text, name) {
    const node = document.createElement(tag);
    if (text) node.textContent = text;
    if (name) node.className = name;
    return node;
  }

  function strip(place) {
    const cell = made("td", "", "strip");
    const letters = Array.from(data.strips[place]);
    if (letters.length === 0) return cell;
    const said = made("span", `${passed[place]} of ${letters.length}`, "said");
    const signs = made("span");
    signs.setAttribute("aria-hidden", "true");
    letters.forEach((letter, number) => {
      const [name, sign, word] = data.kinds[code.get(letter)];
      const node = made("i", sign, data.functions[number][1] ? `${name} first` : name);
      node.title = `${data.functions[number][0]}: ${word}`;
      signs.append(node);
    });
    cell.append(said, signs);
    return cell;
  }

  function row(place) {
    const line = made("tr");
    const name = made("th");
    name.scope = "row";
    const text = made("bdi", data.names[place]);
    if (data.links[place]) {
      const link = made("a");
      link.href = data.links[place];
      link.append(text);
      name.append(link);
    } else {
      name.append(text);
    }
    line.append(name);
    if (data.ids.length) {
      const id = made("td", "", "id");
      id.append(made("bdi", data.ids[place]));
      line.append(id);
    }
    const score = data.scores[place];
    const points = made("td", score === null ? "–" : String(score), "number");
    const late = made("td", data.flags[place] & LATE ? "late" : "");
    line.append(points, late, strip(place), made("td", remark(place), "quiet"));
    return line;
  }

  function remark(place) {
    return data.remarks.filter(([bit]) => data.flags[place] & bit).map(([, word]) => word).join(", ");
  }

  function read(count) {
    return count.toLocaleString("en");
  }

  function show() {
    const last = Math.max(0, Math.ceil(shown.length / PAGE) - 1);
    view.page = Math.min(view.page, last);
    const first = view.page * PAGE;
    const part = shown.slice(first, first + PAGE);
    body.replaceChildren(...part.map(row));
    const total = `${read(shown.length)} of ${read(places.length)} students`;
    const these = `; these are ${read(first + 1)} to ${read(first + part.length)}`;
    element("count").textContent = shown.length > PAGE ? total + these : total;
    element("where").textContent = `Page ${view.page + 1} of ${last + 1}`;
    element("previous").disabled = view.page === 0;
    element("next").disabled = view.page === last;
    element("pages").hidden = last === 0;
  }

  function change(changed) {
    Object.assign(view, { page: 0 }, changed);
    shown = sorted(found());
    for (const head of document.querySelectorAll("th[data-key]")) {
      const mine = head.dataset.key === view.key;
      if (mine) head.setAttribute("aria-sort", view.down ? "descending" : "ascending");
      else head.removeAttribute("aria-sort");
    }
    element("only").hidden = view.only === "";
    show();
  }

  function turn(by) {
    view.page += by;
    show();
    element("students").scrollIntoView();
    const button = element(by < 0 ? "previous" : "next");
    if (button.disabled) element(by < 0 ? "next" : "previous").focus({ preventScroll: true });
  }

  for (const head of document.querySelectorAll("th[data-key]")) {
    const button = head.querySelector("button");
    button.disabled = false;
    button.addEventListener("click", () => {
      const key = head.dataset.key;
      change({ key: key, down: key === view.key && !view.down });
    });
  }
  for (const button of document.querySelectorAll("button[data-set]")) {
    button.hidden = false;
    button.addEventListener("click", () => {
      element("label").textContent = button.dataset.label;
      element("find").value = "";
      element("flag").value = "0";
      element("failed").value = "-1";
      change({ find: "", flag: 0, failed: -1, only: button.dataset.set });
      element("students").scrollIntoView();
      element("all").focus({ preventScroll: true });
    });
  }
  element("find").addEventListener("input", (event) => change({ find: event.target.value }));
  element("flag").addEventListener("change", (event) => change({ flag: Number(event.target.value) }));
  element("failed").addEventListener("change", (event) => change({ failed: Number(event.target.value) }));
  element("all").addEventListener("click", () => {
    change({ only: "" });
    element("find").focus();
  });
  element("previous").addEventListener("click", () => turn(-1));
  element("next").addEventListener("click", () => turn(1));
  element("controls").hidden = false;
  change({});
})();
"""
