"""How the report looks, on a screen and on paper."""

# On paper nothing is folded away that could be unfolded, no figure is divided, and no heading stands alone.
STYLE = """
body { font: 15px/1.5 system-ui, sans-serif; color: #1e293b; background: #fff; max-width: 664px; margin: 0 auto;
       padding: 2rem 1rem; }
h1, h2, h3, .lesson { font-family: "Source Serif 4", Georgia, serif; line-height: 1.25; }
.lesson { font-size: 1.35rem; }
h2 { margin: 1.8rem 0 .6rem; border-bottom: 1px solid #cbd5e1; } h2, h3 { break-after: avoid; }
h3 { margin: .8rem 0 .2rem; font-size: 1rem; } table { border-collapse: collapse; font-size: 12px; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid #e2e8f0; text-align: left; vertical-align: top; }
td.number { text-align: right; white-space: nowrap; } .wide { overflow-x: auto; margin: .7rem 0; }
figure { margin: .4rem 0; overflow-x: auto; } figure, .short, .whole, tr, .photo, .pair > div { break-inside: avoid; }
.pair { display: flex; flex-wrap: wrap; gap: 0 12px; } .pair figure { margin: 0; }
.photos { display: flex; flex-wrap: wrap; gap: .6rem; } .photo { width: 157px; font-size: 11px; line-height: 1.35; }
.photo img { width: 157px; height: 157px; display: block; margin-bottom: .25rem; }
.warning { background: #fef3c7; padding: .6rem .8rem; }
pre { background: #f1f5f9; padding: .8rem; overflow-x: auto; font-size: 12px; white-space: pre-wrap; }
details { margin: .6rem 0; } summary { cursor: pointer; } .on-paper { display: none; }
body .board .row { grid-template-columns: 29% 1fr 5.6rem 5.4rem 4.2rem; gap: .1rem .8rem; font-size: .8rem; }
body .board .head > span { white-space: normal; font-size: .72rem; }
@page { margin: 14mm; }
@media print {
  body { padding: 0; font-size: 13px; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  .modebar, .on-screen { display: none; } .on-paper { display: block; break-after: avoid; } table { font-size: 9.5px; }
  td, th { padding: .12rem .4rem; } h2 { margin-top: 1.2rem; } .board, .runs-legend, p { break-inside: avoid; }
  .same { columns: 2; } .same th:last-child, .same td:last-child { display: none; }
}
"""
