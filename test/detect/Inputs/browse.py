"""Opens a report in headless Chromium, without network, and tries it: filter, click on a row, click in the graph.

usage: browse.py [--ms=200] REPORT.html FINDINGS WORD MATCHES CHAIN...
FINDINGS in all, MATCHES of them with WORD, and the first of those has this chain. With --ms a filter must be that fast:
by hand, tests do not depend on the machine's load.
"""

import html
import json
import re
import subprocess
import sys
import tempfile

limit = float(sys.argv.pop(1)[5:]) if sys.argv[1].startswith("--ms=") else float("inf")
report, findings, word, matches, chain = sys.argv[1], int(sys.argv[2]), sys.argv[3], int(sys.argv[4]), sys.argv[5:]
TRY = """
<script>
addEventListener('load', () => {
  const seen = {shown: $('shown').textContent, errors: []};
  const times = [];
  for (const text of ['', 'membar', 'no such thing', '', %s]) {
    let best = Infinity; // of five: the machine may be busy
    for (let run = 0; run < 5; ++run) {
      $('filter').value = text;
      const start = performance.now();
      $('filter').dispatchEvent(new Event('input'));
      document.body.getBoundingClientRect(); // with the layout
      best = Math.min(best, performance.now() - start);
    }
    times.push(best);
  }
  seen.slowest = Math.max(...times);
  seen.matching = $('shown').textContent;
  $('rows').firstChild.click();
  seen.chain = [...document.querySelectorAll('#chain li')].map(e => e.textContent);
  seen.marked = document.querySelectorAll('#graph .node.on').length;
  const last = [...document.querySelectorAll('#graph .node')].at(-1);
  last.dispatchEvent(new MouseEvent('click'));
  seen.graph = [...document.querySelectorAll('#chain li')].length;
  seen.resources = performance.getEntriesByType('resource').map(e => e.name);
  const out = document.createElement('pre');
  out.id = 'outcome'; out.textContent = JSON.stringify(seen);
  document.body.append(out);
});
</script>
</body>""" % json.dumps(word)

text = open(report, encoding="utf-8").read()
page = text.replace("</body>", TRY)
assert page != text, "no </body> in the report"
with tempfile.TemporaryDirectory() as folder:
    copy = folder + "/page.html"
    open(copy, "w", encoding="utf-8").write(page)
    command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--dump-dom"]
    command += ["--user-data-dir=" + folder + "/profile", "--host-resolver-rules=MAP * ~NOTFOUND", "file://" + copy]
    dom = subprocess.run(command, capture_output=True, text=True, timeout=120)
found = re.search(r'<pre id="outcome">(.*?)</pre>', dom.stdout, re.S)
assert found, "the page's script did not run:\n" + dom.stderr[-2000:]
seen = json.loads(html.unescape(found.group(1)))
print(seen)
assert seen["shown"] == "%d of %d findings" % (findings, findings)
assert seen["matching"] == "%d of %d findings" % (matches, findings)
assert seen["chain"] == chain, seen["chain"]
assert seen["marked"] == len(chain) and seen["graph"] > 0
assert seen["resources"] == []
assert seen["slowest"] < limit, "the filter took %.0f ms" % seen["slowest"]
