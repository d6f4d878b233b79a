"use strict";
(() => {
  // What others wrote is put into the page as text, never as markup.
  const $ = (id) => document.getElementById(id);
  const read = (id) => { const node = $(id); return node ? JSON.parse(node.textContent) : null; };
  const el = (tag, props, ...children) => {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(props || {})) {
      if (value !== undefined && value !== null && value !== false) node.setAttribute(name, value === true ? "" : value);
    }
    for (const child of children.flat()) if (child !== null && child !== undefined) node.append(child);
    return node;
  };

  // Copying, with the selection as a way out where a browser forbids it.
  for (const button of document.querySelectorAll("[data-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      const source = $(button.dataset.copy), said = button.parentNode.querySelector(".copied");
      let done = true;
      try { await navigator.clipboard.writeText(source.innerText); } catch {
        getSelection().selectAllChildren(source);
        try { done = document.execCommand("copy"); } catch { done = false; }
      }
      said.textContent = done ? "Copied." : "Selected: copy it with your keyboard.";
    });
  }

  const index = read("index"), blocks = read("blocks");
  if (!index || !blocks) return;
  const [starts, end] = blocks;
  const count = index.ids.length;
  const parsed = new Map();
  const lastAtMost = (list, value, to = list.length) => {
    let low = 0, high = to;
    while (low < high) { const mid = (low + high) >> 1; if (list[mid] <= value) low = mid + 1; else high = mid; }
    return low - 1;
  };
  const itemOf = (item) => {
    if (item >= end) return null;
    const at = lastAtMost(starts, item);
    if (!parsed.has(at)) {
      if (parsed.size > 8) parsed.clear();
      parsed.set(at, read("block-" + at));
    }
    return parsed.get(at)[item - starts[at]];
  };

  // Values as the tables of the page write them.
  const digits = (value, n) => value.toLocaleString("en-US", { maximumSignificantDigits: n });
  const shown = (value) => {
    if (value === null || value === undefined) return "–";
    switch (index.kind) {
      case "share": {
        const text = (value * 100).toFixed(1);
        if (text === "100.0" && value < 1) return ">99.9 %";
        if (text === "0.0" && value > 0) return "<0.1 %";
        return text.replace(/\.0$/, "") + " %";
      }
      case "ms": return Math.abs(value) < 9999.5 ? digits(value, Math.abs(value) < 100 ? 3 : 4) + " ms" : (value / 1000).toFixed(1) + " s";
      case "usd": return value === 0 ? "$0" : "$" + (value >= 0.9995 ? value.toFixed(2) : Number(value).toPrecision(3));
      default: return (Number.isInteger(value) ? value.toLocaleString("en-US") : digits(value, 3)).replace("-", "−");
    }
  };

  // The table of items.
  const table = $("item-table");
  const state = { filter: "", kind: "all", sort: "spread", up: false, page: 0, range: null };
  let list = null;
  const spread = (item) => {
    const known = index.values[item].filter((value) => value !== null);
    return known.length ? Math.max(...known) - Math.min(...known) : 0;
  };
  const arms = table ? [...table.tHead.rows[0].cells].filter((cell) => /^\d+$/.test(cell.dataset.sort || "")).length : 0;
  const select = () => {
    const from = state.range ? index.ranked.slice(state.range[0], state.range[1]) : [...Array(count).keys()];
    const words = state.filter.toLowerCase().split(/\s+/).filter(Boolean);
    const flag = Number(state.kind);
    list = from.filter((item) => {
      if (state.kind === "differ" && !(spread(item) > 0)) return false;
      if (flag && !(index.flags[item] & flag)) return false;
      if (!words.length) return true;
      const text = (index.ids[item] + " " + index.starts[item] + " " + index.tags[item]).toLowerCase();
      return words.every((word) => text.includes(word));
    });
    if (!(state.range && state.sort === "rank")) {
      const lost = state.up ? Infinity : -Infinity;
      const keys = new Map(list.map((item) => {
        if (state.sort === "id") return [item, item];
        if (state.sort === "spread") return [item, spread(item)];
        const value = index.values[item][Number(state.sort)];
        return [item, value === null ? lost : value];
      }));
      const sign = state.up ? 1 : -1;
      list.sort((a, b) => { const x = keys.get(a), y = keys.get(b); return x === y ? a - b : x < y ? -sign : sign; });
    }
    state.page = 0;
  };
  const draw = () => {
    if (!table) return;
    if (!list) select();
    const pages = Math.max(1, Math.ceil(list.length / index.page));
    state.page = Math.min(Math.max(state.page, 0), pages - 1);
    const body = el("tbody");
    for (const item of list.slice(state.page * index.page, (state.page + 1) * index.page)) {
      const row = el("tr", { "aria-current": item === open ? "true" : null },
        el("th", { scope: "row" }, el("a", { href: "#item-" + item }, index.ids[item])),
        el("td", { class: "start" }, index.starts[item]));
      for (let arm = 0; arm < arms; arm++) row.append(el("td", { class: "n" }, shown(index.values[item][arm])));
      row.append(el("td", { class: "n" }, shown(spread(item))));
      body.append(row);
    }
    table.tBodies[0].replaceWith(body);
    for (const cell of table.tHead.rows[0].cells) {
      const mine = cell.dataset.sort === state.sort;
      if (mine) cell.setAttribute("aria-sort", state.up ? "ascending" : "descending"); else cell.removeAttribute("aria-sort");
    }
    $("item-caption").textContent = list.length.toLocaleString("en-US") + " of " + count.toLocaleString("en-US") + " items"
      + (state.range ? ", ranked " + (state.range[0] + 1).toLocaleString("en-US") + " to " + state.range[1].toLocaleString("en-US") : "");
    $("item-page").textContent = "page " + (state.page + 1) + " of " + pages;
    $("item-prev").disabled = state.page === 0;
    $("item-next").disabled = state.page === pages - 1;
  };
  let open = null;
  if (table) {
    $("item-tools").hidden = false;
    const again = () => { select(); draw(); };
    let timer = 0;
    $("item-filter").addEventListener("input", (event) => {
      clearTimeout(timer);
      timer = setTimeout(() => { state.filter = event.target.value; state.range = null; again(); }, 80);
    });
    $("item-kind").addEventListener("change", (event) => { state.kind = event.target.value; state.range = null; again(); });
    $("item-prev").addEventListener("click", () => { state.page--; draw(); });
    $("item-next").addEventListener("click", () => { if (!list) select(); state.page++; draw(); });
    for (const cell of table.tHead.rows[0].cells) {
      if (cell.dataset.sort === undefined) continue;
      cell.tabIndex = 0;
      const sort = () => {
        state.up = state.sort === cell.dataset.sort ? !state.up : cell.dataset.sort === "id";
        state.sort = cell.dataset.sort;
        again();
      };
      cell.addEventListener("click", sort);
      cell.addEventListener("keydown", (event) => { if (event.key === "Enter" || event.key === " ") { event.preventDefault(); sort(); } });
    }
    $("item-page").textContent = "page 1 of " + Math.ceil(count / index.page);
    $("item-prev").disabled = true;
    $("item-next").disabled = count <= index.page;
  }

  // The reader: one item with all its answers.
  const whole = (text) => text.of ? el("p", { class: "cut" }, "Cut here: " + text.of.toLocaleString("en-US") + " bytes in all.") : null;
  const block = (title, text, folded) => {
    const parts = [el("pre", { tabindex: 0 }, text.t), whole(text)];
    return folded ? el("details", {}, el("summary", {}, title), parts) : [el("p", { class: "facts" }, title), parts];
  };
  const sign = (passed) => passed === null
    ? el("span", { class: "tag warn" }, "? open") : passed ? el("span", { class: "tag good" }, "✓ passed") : el("span", { class: "tag bad" }, "✗ failed");
  const answer = (one) => {
    const command = "modelarium show " + index.run + " --call p" + (one.n + 1);
    const node = el("article", { id: "answer-p" + (one.n + 1), tabindex: -1 });
    node.append(el("h4", {}, index.arms[one.arm], " · run " + (one.run + 1) + " ",
      one.o === "complete" ? null : el("span", { class: "tag warn" }, one.o),
      one.risk && one.risk !== "low" ? el("span", { class: "tag warn" }, one.risk + " risk of fabrication") : null));
    if (one.t && one.t.length) {
      const text = el("pre", { tabindex: 0 });
      for (const [piece, mark] of one.t) {
        if (mark === null) text.append(piece);
        else text.append(el("mark", { title: one.marks[mark][0] + ": " + one.marks[mark][1] }, piece, el("sup", {}, "[" + (mark + 1) + "]")));
      }
      node.append(text);
    } else if (!one.refusal && !one.tools && !one.error) {
      node.append(el("p", { class: "facts" }, "No text."));
    }
    if (one.of) node.append(el("p", { class: "cut" }, "Cut here: " + one.of.toLocaleString("en-US") + " bytes in all. Whole: ", el("code", {}, command)));
    if (one.refusal) node.append(...block("Refusal", one.refusal).flat().filter(Boolean));
    for (const call of one.tools || []) node.append(el("pre", { tabindex: 0 }, "[tool call] " + call));
    if (one.error) node.append(el("p", {}, el("span", { class: "tag bad" }, "error"), " " + one.error));
    if (one.checks) node.append(el("ul", { "aria-label": "Checks" }, one.checks.map(([passed, name, why]) => el("li", {}, sign(passed), " " + name + (why ? ": " + why : "")))));
    if (one.judges) node.append(el("ul", { "aria-label": "Judges" }, one.judges.map(([judge, value, why]) => el("li", {}, el("strong", {}, index.judges[judge] || "judge"), " gave " + value + (why ? ": " + why : "")))));
    if (one.marks) node.append(el("ol", { "aria-label": "Signs of fabrication" }, one.marks.map(([kind, why]) => el("li", {}, el("em", {}, kind), ": " + why))));
    if (one.reasoning) node.append(block("Visible reasoning", one.reasoning, true));
    node.append(el("p", { class: "facts" }, one.facts.join(" · ")));
    const raw = el("details", {}, el("summary", {}, "Raw response"));
    if (one.attempts) raw.append(el("ol", { "aria-label": "Attempts" }, one.attempts.map((attempt) => el("li", {}, attempt))));
    if (one.raw) raw.append(el("pre", { tabindex: 0 }, one.raw.t), whole(one.raw) || "");
    raw.append(el("p", {}, "Request, attempts and every byte: ", el("code", {}, command)));
    node.append(raw);
    return node;
  };
  const reader = $("reader");
  const show = (item) => {
    open = item;
    const found = itemOf(item);
    const go = (to) => () => { location.hash = "#item-" + to; };
    const prev = el("button", { type: "button", disabled: item === 0 }, "‹ Previous item");
    const next = el("button", { type: "button", disabled: item + 1 >= count }, "Next item ›");
    prev.addEventListener("click", go(item - 1));
    next.addEventListener("click", go(item + 1));
    reader.replaceChildren(el("div", { class: "bar" }, el("h3", {}, index.ids[item]), count > 1 ? [prev, next] : null));
    if (!found) {
      reader.append(el("p", { class: "cut" }, "This file has no room for the answers to this item. The first: ",
        el("code", {}, "modelarium show " + index.run + " --call p" + (index.first[item] + 1))));
      return;
    }
    if (found.turns) for (const [role, text] of found.turns) reader.append(...[block(role, text)].flat(3).filter(Boolean));
    else if (found.p.t) reader.append(...[block("Prompt", found.p)].flat(3).filter(Boolean));
    if (found.reference) reader.append(block("Reference", found.reference, true));
    if (found.facts) reader.append(el("details", {}, el("summary", {}, "Expected facts"), el("ul", {}, found.facts.map((fact) => el("li", {}, fact)))));
    const values = index.values[item];
    if (count > 1) reader.append(el("p", { class: "facts" }, index.arms.map((arm, at) => arm + ": " + shown(values[at])).join(" · ")));
    reader.append(...found.a.map(answer));
  };

  const follow = (jump) => {
    const hash = location.hash;
    let match;
    if ((match = /^#item-(\d+)$/.exec(hash)) && Number(match[1]) < count) {
      show(Number(match[1]));
      draw();
      reader.closest("section").scrollIntoView();
      reader.focus({ preventScroll: true });
    } else if ((match = /^#answer-p(\d+)$/.exec(hash))) {
      const call = Number(match[1]) - 1, item = lastAtMost(index.first, call);
      if (item < 0) return;
      if (item !== open) show(item);
      draw();
      for (const other of reader.querySelectorAll(".here")) other.classList.remove("here");
      const target = $("answer-p" + (call + 1));
      if (target) { target.classList.add("here"); target.scrollIntoView({ block: "start" }); target.focus({ preventScroll: true }); }
    } else if ((match = /^#items-(\d+)-(\d+)$/.exec(hash)) && table) {
      Object.assign(state, { range: [Number(match[1]), Math.min(Number(match[2]), count)], filter: "", kind: "all" });
      $("item-filter").value = "";
      $("item-kind").value = "all";
      select();
      draw();
      if (jump) table.scrollIntoView();
    }
  };
  addEventListener("hashchange", () => follow(true));
  if (location.hash) follow(true);
  else if (count === 1 && reader) show(0);

  // Arrow keys in the map of items.
  for (const chart of document.querySelectorAll("svg.chart")) {
    const rows = [...chart.querySelectorAll(".tiles")].map((row) => [...row.querySelectorAll("a")]);
    if (!rows.length || !rows[0].length) continue;
    chart.addEventListener("keydown", (event) => {
      const step = { ArrowRight: [0, 1], ArrowLeft: [0, -1], ArrowDown: [1, 0], ArrowUp: [-1, 0] }[event.key];
      const from = event.target.closest("a");
      if (!step || !from) return;
      const row = rows.findIndex((tiles) => tiles.includes(from));
      const to = rows[row + step[0]] && rows[row + step[0]][rows[row].indexOf(from) + step[1]];
      if (!to) return;
      event.preventDefault();
      from.setAttribute("tabindex", "-1");
      to.setAttribute("tabindex", "0");
      to.focus();
    });
  }
})();
