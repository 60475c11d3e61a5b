"""How the dashboard looks: light, dark, narrow and on paper. Colours repeat what a sign or a word says."""

from grader.report.html import GREEN, GREY, ORANGE, VERMILION

SIGNS = f":root {{ --right: {GREEN}; --nearly: {ORANGE}; --wrong: {VERMILION}; --nothing: {GREY}; }}"
STYLE = (
    SIGNS
    + """
:root { color-scheme: light dark; --ink: #1b1b1f; --paper: #fdfdfc; --quiet: #5a5a64; --line: #d9d9df;
  --shade: #f3f3f5; --link: #0b57a4; --bar: #4c86b8; --grave: #a33c00; --tint: 24%; }
@media (prefers-color-scheme: dark) {
  :root { --ink: #e4e4e8; --paper: #17171a; --quiet: #a5a5b0; --line: #38383f; --shade: #222227;
    --link: #8ab8f5; --bar: #6ea3d0; --grave: #ffa06b; --tint: 36%; }
}
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0 auto; max-width: 72rem; padding: 2rem 1.25rem 5rem; color: var(--ink);
  background: var(--paper);
  font: 1rem/1.5 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; }
h1, h2 { line-height: 1.25; overflow-wrap: anywhere; text-wrap: balance; }
h1 { font-size: 1.9rem; margin: 0 0 1.2rem; }
h2 { font-size: 1.3rem; margin: 3rem 0 0.8rem; padding-top: 1rem; border-top: 1px solid var(--line); }
h3 { font-size: 1.05rem; margin: 1.6rem 0 0.4rem; }
p { margin: 0.5rem 0; max-width: 46rem; overflow-wrap: anywhere; }
a { color: var(--link); text-underline-offset: 0.15em; text-decoration-thickness: 1px; }
:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.quiet, figcaption { color: var(--quiet); font-size: 0.92rem; }
.counts { display: flex; flex-wrap: wrap; gap: 0.8rem 2.4rem; margin: 0 0 1.2rem; }
.counts div { display: flex; flex-direction: column-reverse; }
.counts dt { color: var(--quiet); font-size: 0.92rem; }
.counts dd { margin: 0; font-size: 1.9rem; line-height: 1.15; font-variant-numeric: tabular-nums; }
.counts .grave dd, .counts .grave dt { color: var(--grave); font-weight: 600; }
nav { display: flex; flex-wrap: wrap; gap: 0.3rem 1.2rem; margin-top: 1.2rem; }
figure { margin: 0; }
svg { max-width: 100%; height: auto; display: block; }
figcaption { max-width: 46rem; }
.wide { overflow-x: auto; }
table { border-collapse: collapse; font-size: 0.95rem; }
th, td { border-bottom: 1px solid var(--line); padding: 0.3rem 1.1rem 0.3rem 0; text-align: left;
  vertical-align: baseline; }
td { overflow-wrap: anywhere; min-width: 4ch; }
thead th { color: var(--quiet); font-weight: 600; white-space: nowrap; }
tbody th { font-weight: 400; min-width: 11rem; max-width: 20rem; overflow-wrap: anywhere; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.code, code, pre { font: 0.88em ui-monospace, "SF Mono", Consolas, "DejaVu Sans Mono", monospace; }
.name { white-space: nowrap; }
.who { min-width: 8rem; }
th.code { font: inherit; font-weight: 600; }
.id { color: var(--quiet); min-width: 12ch; max-width: 16rem; }
.sign { white-space: nowrap; padding-left: 0.45em; border-left: 3px solid; }
.sign.right { border-color: var(--right); }
.sign.nearly { border-color: var(--nearly); }
.sign.wrong { border-color: var(--wrong); }
.sign.nothing { border-color: var(--nothing); }
.bar { display: inline-flex; width: 5rem; height: 0.6rem; background: var(--shade); border-radius: 2px;
  overflow: hidden; }
.bar.stacked { width: 12rem; }
.bar i { display: block; }
.bar .right, .key .right { background: var(--right); }
.bar .nearly, .key .nearly { background: var(--nearly); }
.bar .wrong, .key .wrong { background: var(--wrong); }
.bar .nothing, .key .nothing { background: var(--nothing); }
.bar.stacked i + i { border-left: 1px solid var(--paper); }
.legend { display: flex; flex-wrap: wrap; gap: 0.2rem 1.4rem; }
.key i { display: inline-block; width: 0.8rem; height: 0.6rem; border-radius: 2px; margin-right: 0.4rem; }
.mistake { border-bottom: 1px solid var(--line); }
.more > summary { padding: 0.5rem 0; cursor: pointer; color: var(--link); }
.mistake > summary { display: grid; grid-template-columns: 4.5rem 5rem 1fr; gap: 1rem;
  align-items: baseline; cursor: pointer; padding: 0.35rem 0; list-style: none; overflow-wrap: anywhere; }
.mistake > summary::-webkit-details-marker { display: none; }
.mistake > summary .number::before { content: "▸"; float: left; color: var(--quiet); }
.mistake[open] > summary .number::before { content: "▾"; }
.mistake > summary:hover { background: var(--shade); }
.mistake > div { padding: 0 0 1rem 6.5rem; }
.told { white-space: pre-line; }
pre { background: var(--shade); border-radius: 4px; padding: 0.6rem 0.8rem; margin: 0.4rem 0;
  max-height: 24rem; overflow: auto; line-height: 1.45; }
.groups { padding-left: 1.2rem; }
.people { max-width: none; }
.groups .people { display: inline; }
button, input, select { font: inherit; color: inherit; background: var(--paper);
  border: 1px solid var(--quiet); border-radius: 4px; padding: 0.2rem 0.55rem; max-width: 100%; }
button { cursor: pointer; font-size: 0.92rem; }
button:disabled { cursor: default; opacity: 0.5; }
#controls { display: flex; flex-wrap: wrap; gap: 0.6rem 1.4rem; align-items: baseline;
  margin-bottom: 0.6rem; }
#controls[hidden], .pages[hidden] { display: none; }
#controls p { flex-basis: 100%; margin: 0; }
.pages { display: flex; gap: 1rem; align-items: baseline; margin-top: 0.8rem; }
.students thead button { border: 0; padding: 0; font: inherit; font-weight: 600; background: none;
  opacity: 1; }
.students thead button::after { content: ""; display: inline-block; width: 1em; text-align: center; }
.students [aria-sort="ascending"] button::after { content: "▴"; color: var(--ink); }
.students [aria-sort="descending"] button::after { content: "▾"; color: var(--ink); }
.strip { white-space: nowrap; }
.strip i { display: inline-block; width: 1.25em; text-align: center; font-style: normal;
  font-size: 0.8rem; line-height: 1.5; margin-right: 1px; border-bottom: 3px solid; }
.strip i.first { margin-left: 0.5em; }
.strip .right { border-color: var(--right);
  background: color-mix(in srgb, var(--right) var(--tint), var(--paper)); }
.strip .nearly { border-color: var(--nearly);
  background: color-mix(in srgb, var(--nearly) var(--tint), var(--paper)); }
.strip .wrong { border-color: var(--wrong);
  background: color-mix(in srgb, var(--wrong) var(--tint), var(--paper)); }
.strip .nothing { border-color: var(--nothing); }
.strip .set { outline: 1px dashed var(--ink); outline-offset: -1px; }
.said { display: inline-block; width: 5.5em; font-variant-numeric: tabular-nums; }
@media (max-width: 40rem) {
  body { padding: 1rem 0.9rem 3rem; }
  .bar.stacked { width: 7rem; }
  .mistake > summary { grid-template-columns: 3.4rem 1fr; }
  .mistake .bar { display: none; }
  .mistake > div { padding-left: 0; }
  .counts { gap: 0.8rem 1.6rem; }
  .counts dd { font-size: 1.5rem; }
  tbody th { min-width: 8rem; }
  th, td { padding-right: 0.8rem; }
}
@media print {
  html { font-size: 8.5pt; }
  body { max-width: none; padding: 0; }
  tbody th { min-width: 0; }
  .id { min-width: 10ch; }
  th, td { padding-right: 0.7rem; }
  .strip i { width: 1.15em; }
  h2 { break-after: avoid; }
  nav, #controls, .pages, button[data-set] { display: none; }
  tr, details, figure { break-inside: avoid; }
  .wide { overflow: visible; }
  i, .bar { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
"""
)
