//===- detect/ReportPage.h - the fixed part of the HTML report --*- C++ -*-===//
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
// Style, skeleton and script. The list holds at most 200 rows at a time, so that filtering stays fast with thousands of
// findings; the graph draws the functions of the filtered chains, a column for each step.
//===----------------------------------------------------------------------===//
#ifndef CORDON_DETECT_REPORTPAGE_H
#define CORDON_DETECT_REPORTPAGE_H

namespace cordon {

constexpr char PageHead[] = R"html(<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Cordon report</title>
<style>
:root { color-scheme: light dark; --line: #8886; --error: #c62828; --warning: #b26a00; --remark: #1565c0; --hit: #2e7d32; }
body { font: 14px/1.45 system-ui, sans-serif; margin: 1.5rem auto; max-width: 75rem; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 1.6rem; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; padding: .25rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
tbody tr { cursor: pointer; } tbody tr:hover, tbody tr.on { background: #8882; }
code { font: 12.5px ui-monospace, monospace; }
.error { color: var(--error); } .warning { color: var(--warning); } .remark { color: var(--remark); }
#controls { display: flex; gap: .6rem; flex-wrap: wrap; margin: .6rem 0; }
#controls input { flex: 1; min-width: 16rem; } input, select, button { font: inherit; padding: .25rem .5rem; }
#counts { display: flex; gap: 1.5rem; flex-wrap: wrap; } #counts b { font-size: 1.3rem; display: block; }
#graph { border: 1px solid var(--line); overflow: auto; max-height: 32rem; }
#graph text { font: 12px ui-monospace, monospace; fill: currentColor; cursor: pointer; }
#graph .node rect { fill: #8881; stroke: var(--line); } #graph .device rect { stroke: var(--error); }
#graph path { fill: none; stroke: var(--line); } #graph path.table { stroke-dasharray: 4 3; }
#graph .on rect { stroke: var(--hit); stroke-width: 2; } #graph path.on { stroke: var(--hit); stroke-width: 2; }
#chain { min-height: 3rem; } #chain ol { margin: .3rem 0; }
</style>
</head>
<body>
<h1>Cordon report</h1>
<div id="counts"></div>
<div id="modules"></div>
<h2>Findings</h2>
<div id="controls">
<input id="filter" type="search" placeholder="Filter by function, symbol, rule, message or file" aria-label="Filter">
<select id="rule" aria-label="Rule"></select>
<select id="level" aria-label="Level"><option value="">all levels</option><option>error</option><option>warning</option><option>remark</option></select>
</div>
<p id="shown" aria-live="polite"></p>
<table><thead><tr><th>Level</th><th>Function</th><th>What</th><th>Rule</th><th>Place</th></tr></thead><tbody id="rows"></tbody></table>
<p><button id="more" hidden>Show more</button></p>
<h2>Who comes to what</h2>
<p id="graphnote"></p>
<div id="graph"></div>
<div id="chain" aria-live="polite"></div>
)html";

constexpr char PageScript[] = R"js(
const $ = id => document.getElementById(id);
const nice = n => names[n] || n;
const el = (tag, text, cls) => { const e = document.createElement(tag); if (text !== undefined) e.textContent = text; if (cls) e.className = cls; return e; };
const all = [];
for (const m of modules) for (const f of m.findings) {
  f.module = m.module;
  f.text = [f.function, nice(f.function), f.symbol, f.rule, f.message, f.file || '', m.module].join('\n').toLowerCase();
  all.push(f);
}
const count = (what, n) => { const d = el('div', what); d.prepend(el('b', n)); $('counts').append(d); };
for (const level of ['error', 'warning', 'remark']) count(level + 's', all.filter(f => f.level === level).length);
count('device-only functions', modules.reduce((n, m) => n + m.deviceOnly.length, 0));
count('functions that reach them', modules.reduce((n, m) => n + Object.keys(m.reachesDevice).length, 0));
count('kernels', modules.reduce((n, m) => n + m.kernels.length, 0));
count('unresolved symbols', modules.reduce((n, m) => n + m.unresolved.length, 0));
for (const m of modules) $('modules').append(el('p', m.module + ' (' + m.triple + ')'));
$('rule').append(new Option('all rules', ''));
for (const r of [...new Set(all.map(f => f.rule))].sort()) $('rule').append(new Option(r, r));

let matching = all, limit = 200;
function row(f) {
  const tr = el('tr');
  tr.append(el('td', f.level, f.level));
  const where = el('td'); where.append(el('code', nice(f.function))); where.title = f.function; tr.append(where);
  tr.append(el('td', f.message), el('td', f.rule), el('td', f.file ? f.file + (f.line ? ':' + f.line : '') + (f.column ? ':' + f.column : '') : ''));
  tr.onclick = () => { for (const o of document.querySelectorAll('tr.on')) o.classList.remove('on'); tr.classList.add('on'); show(f); };
  return tr;
}
function list() {
  $('rows').replaceChildren(...matching.slice(0, limit).map(row));
  $('shown').textContent = matching.length + ' of ' + all.length + ' findings';
  $('more').hidden = matching.length <= limit;
}
function filter() {
  const words = $('filter').value.toLowerCase().split(/\s+/).filter(Boolean), rule = $('rule').value, level = $('level').value;
  matching = all.filter(f => (!rule || f.rule === rule) && (!level || f.level === level) && words.every(w => f.text.includes(w)));
  limit = 200; list(); draw();
}
$('more').onclick = () => { limit += 1000; list(); };
$('filter').oninput = $('rule').oninput = $('level').oninput = filter;

const svg = (tag, attributes) => { const e = document.createElementNS('http://www.w3.org/2000/svg', tag); for (const k in attributes) e.setAttribute(k, attributes[k]); return e; };
const device = new Set(modules.flatMap(m => m.deviceOnly));
let nodes = new Map(), edges = new Map();
function draw() {
  const most = 150;
  nodes = new Map(); edges = new Map();
  let left = 0;
  for (const f of matching) {
    const chain = f.callChain || [];
    if (nodes.size + chain.filter(n => !nodes.has(n)).length > most) { ++left; continue; }
    chain.forEach((n, i) => {
      if (!nodes.has(n)) nodes.set(n, {name: n, column: i, chain: chain.slice(0, i + 1), finding: f});
      if (i === chain.length - 1 && nodes.get(n).finding.function !== n) nodes.get(n).finding = f;
      if (i) edges.set(chain[i - 1] + '\n' + n, {from: chain[i - 1], to: n, table: (f.mayBeCalledThrough || {})[n]});
    });
  }
  const height = [], width = 240;
  for (const n of nodes.values()) { height[n.column] = (height[n.column] || 0) + 1; n.x = 10 + n.column * (width + 50); n.y = 10 + (height[n.column] - 1) * 32; }
  const picture = svg('svg', {width: 20 + height.length * (width + 50), height: 20 + 32 * Math.max(0, ...height), role: 'img', 'aria-label': 'call graph'});
  for (const e of edges.values()) {
    const a = nodes.get(e.from), b = nodes.get(e.to);
    e.path = svg('path', {d: `M${a.x + width},${a.y + 12} C${a.x + width + 25},${a.y + 12} ${b.x - 25},${b.y + 12} ${b.x},${b.y + 12}`});
    if (e.table) e.path.classList.add('table');
    picture.append(e.path);
  }
  for (const n of nodes.values()) {
    const g = svg('g', {class: 'node' + (device.has(n.name) ? ' device' : ''), transform: `translate(${n.x},${n.y})`, 'data-function': n.name});
    g.append(svg('rect', {width, height: 24, rx: 4}));
    const t = svg('text', {x: 8, y: 16}), label = nice(n.name);
    t.textContent = label.length > 31 ? label.slice(0, 30) + '\u2026' : label;
    const title = svg('title', {}); title.textContent = label;
    g.append(t, title);
    g.onclick = () => show({...n.finding, callChain: n.chain, function: n.name});
    n.group = g; picture.append(g);
  }
  $('graph').replaceChildren(picture);
  $('graphnote').textContent = nodes.size + ' functions; click one for its chain, dashed lines go through tables' + (left ? '; ' + left + ' findings are left out here: filter to see them' : '') + '.';
  $('chain').replaceChildren();
}
function show(f) {
  for (const o of document.querySelectorAll('#graph .on')) o.classList.remove('on');
  const chain = f.callChain || [], steps = el('ol');
  chain.forEach((n, i) => {
    const table = (f.mayBeCalledThrough || {})[n];
    const item = el('li'); item.append(el('code', nice(n)));
    if (table) item.append(' may be called through ' + table);
    steps.append(item);
    if (nodes.has(n)) nodes.get(n).group.classList.add('on');
    const e = i && edges.get(chain[i - 1] + '\n' + n);
    if (e) e.path.classList.add('on');
  });
  const own = all.filter(o => o.function === f.function);
  $('chain').replaceChildren(el('h3', nice(f.function)), steps, ...own.slice(0, 20).map(o => el('p', o.level + ': ' + o.message + ' [' + o.rule + ']', o.level)));
  const last = nodes.get(chain[chain.length - 1]);
  if (last) last.group.scrollIntoView({block: 'nearest', inline: 'nearest'});
}
list(); draw();
)js";

} // namespace cordon

#endif // CORDON_DETECT_REPORTPAGE_H
