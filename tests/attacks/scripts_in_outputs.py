"""Puts scripts into its outputs, for whoever opens the feedback. It is graded, and no script must run there."""

RIGHT = True
POINTS = 25

CODE = r"""
from IPython.display import HTML, Javascript, Markdown, display

attack = "<script>document.title = 'attacked'</script><img src=x onerror=\"document.title='attacked'\">"
print(attack)
display(HTML(attack))
display(Markdown(attack + "\n\n[click](javascript:document.title='attacked')"))
display(Javascript("document.title = 'attacked'"))
for kind in ("image/png", "image/jpeg", "image/svg+xml", "text/latex", "application/vnd.jupyter.widget-view+json"):
    display({kind: '"><script>document.title = "attacked"</script>'}, raw=True)
raise ValueError("\x1b]8;;javascript:alert(1)\x07" + attack)
"""
