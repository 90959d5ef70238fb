"""Prints how many of the changes made by rule are noticed, page by page, and those that are not."""

from parity_tests.equations.book import RUNS, missed

total = unseen = 0
for page in RUNS:
    made, missing = missed(page)
    total, unseen = total + made, unseen + len(missing)
    print(f"{page:28} {made - len(missing):4} of {made:4}", *missing, sep="\n    " if missing else "")
print(f"{total - unseen} of {total} changes are noticed, {(total - unseen) / total:.2%}")
