/// The pages of reports, in Mustache.
enum ReportTemplate {
  private static let head = """
    <!doctype html>
    <html lang="en">
    <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <title>{{title}}</title>
    <style>
    :root { --ground: #fff; --ink: #1c2330; --soft: #5b6678; --line: #dfe4ec; --card: #f5f7fa;
      --bar: #7aa6d8; --first: #1f5fa8; --second: #c2541d; --band: #1f5fa82e; }
    @media (prefers-color-scheme: dark) {
      :root { --ground: #12161d; --ink: #e6ebf2; --soft: #98a4b6; --line: #2a3240; --card: #1a202a;
        --bar: #3d6b9e; --first: #7fb4ee; --second: #f09a66; --band: #7fb4ee33; } }
    * { box-sizing: border-box; }
    body { margin: 0 auto; max-width: 60rem; padding: 1.5rem 1rem 3rem; background: var(--ground);
      color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
    h1 { font-size: 1.6rem; line-height: 1.2; margin: 0 0 .25rem; }
    h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; }
    .size, figcaption { color: var(--soft); font-size: .9rem; }
    .cards { display: grid; grid-template-columns: repeat(3, 1fr); gap: .6rem;
      margin: 1.2rem 0; }
    .card { background: var(--card); border: 1px solid var(--line); border-radius: .5rem;
      padding: .6rem .8rem; }
    .card b { display: block; font-size: 1.35rem; font-variant-numeric: tabular-nums; }
    .card span { color: var(--soft); font-size: .85rem; }
    figure { margin: 1.4rem 0; break-inside: avoid; }
    svg { width: 100%; height: auto; display: block; }
    svg text { fill: var(--soft); font-size: 12px; font-family: inherit; }
    .grid { stroke: var(--line); } .bar { fill: var(--bar); } .band { fill: var(--band); }
    .line { fill: none; stroke: var(--first); stroke-width: 2.2; }
    .line.second { stroke: var(--second); }
    .mark { stroke: var(--second); stroke-dasharray: 5 4; }
    .wide { overflow-x: auto; }
    table { border-collapse: collapse; width: 100%; font-size: .9rem;
      font-variant-numeric: tabular-nums; }
    th, td { text-align: right; padding: .25rem .6rem; border-bottom: 1px solid var(--line);
      white-space: nowrap; }
    th:first-child, td:first-child { text-align: left; white-space: pre; }
    thead th { color: var(--soft); font-weight: 600; }
    @media (max-width: 40rem) { .cards { grid-template-columns: repeat(2, 1fr); } svg text { font-size: 19px; } }
    @media print { :root { --ground: #fff; --ink: #000; --soft: #444; --line: #ccc; --card: #fff; }
      body { max-width: none; padding: 0; font-size: 11pt; }
      tr { break-inside: avoid; } h2 { break-after: avoid; } }
    </style>
    </head>
    <body>
    """

  /// A page of cards and charts alone.
  static let charts = """
    \(head)
    <h1>{{title}}</h1>
    <p class="size">{{size}}</p>
    {{#charts}}<figure>{{{svg}}}<figcaption>{{caption}}</figcaption></figure>
    {{/charts}}
    </body>
    </html>

    """

  /// A page with tables of intervals, reps and measures.
  static let text = """
    \(head)
    <h1>{{title}}</h1>
    <p class="size">{{size}}. After ± : half the width of the 95 % confidence interval.</p>
    <section class="cards">
    {{#cards}}<div class="card"><span>{{name}}</span><b>{{value}}</b><span>{{error}}</span></div>
    {{/cards}}
    </section>
    {{#charts}}<figure>{{{svg}}}<figcaption>{{caption}}</figcaption></figure>
    {{/charts}}
    {{#hasIntervals}}
    <h2>By interval</h2>
    <div class="wide"><table>
    <thead><tr><th>from</th><th>offered</th><th>reps</th><th>in time</th><th>ASA s</th><th>abandoned</th></tr></thead>
    <tbody>
    {{#intervals}}<tr><td>{{name}}</td><td>{{offered}}</td><td>{{agents}}</td><td>{{level}}</td><td>{{asa}}</td><td>{{abandoned}}</td></tr>
    {{/intervals}}
    </tbody></table></div>
    {{/hasIntervals}}
    <h2>By rep</h2>
    <div class="wide"><table>
    <thead><tr><th>rep</th><th>answered</th><th>occupancy</th><th>offers refused</th></tr></thead>
    <tbody>
    {{#reps}}<tr><td>{{name}}</td><td>{{answered}}</td><td>{{occupancy}}</td><td>{{refused}}</td></tr>
    {{/reps}}
    </tbody></table></div>
    <h2>All measures</h2>
    <div class="wide"><table>
    <thead><tr><th>measure</th><th>figure</th><th></th></tr></thead>
    <tbody>
    {{#measures}}<tr><td>{{name}}</td><td>{{value}}</td><td>{{error}}</td></tr>
    {{/measures}}
    </tbody></table></div>
    <p class="size">Service levels: answered in time of all offered (negative abandon); with early
    abandonments counted as good, left out, or of all answered. ASA includes ring time and counts only
    answered calls. Occupancy: talk, hold and wrap-up over that plus idle time.</p>
    </body>
    </html>

    """
}
