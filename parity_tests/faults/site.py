"""Faults in what looks at the built site."""

from parity_tests.faults.fault import Fault

TEST = "parity_tests/site/test_site.py::test_a_link_that_leads_nowhere_is_found"


def fault(what, old, new, test=TEST):
    return Fault(what, "parity_tests/site/links.py", old, new, test)


FAULTS = [
    fault("places on a page not looked for", "anchor not in site[place].anchors", "not site[place].anchors"),
    fault("links to a place on the same page passed over", "if parts.path else path\n", "if parts.path else None\n"),
    fault("outside links looked up as files", "if parts.scheme or parts.netloc:", "if parts.scheme and parts.netloc == '':"),
    fault(
        "links of the navigation counted as clicks in the text",
        'if tag == "a" and self.inside:',
        'if tag == "a":',
        "parity_tests/site/test_site.py::test_clicks_are_counted_along_the_links_in_the_text",
    ),
]
