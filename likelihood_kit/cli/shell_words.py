"""What messages tell who writes Python, as who writes in a shell would do it.

The kit's messages name arguments of Python. Here is the one place that knows which option stands for which.
"""

from __future__ import annotations

import re
import textwrap

from likelihood_kit._numerics.printed import significant
from likelihood_kit.diagnostics import InformationAudit

#: Columns of a line.
WIDTH = 80
#: Ways of writing Python, the most particular first, and what a shell has instead.
_IN_SHELL: tuple[tuple[str, str], ...] = (
    (r"\bfit\(cov_type='(\w+)', cov_kwds=\{'groups': \.\.\.\}\)", r"--cov-type \1 --groups COLUMN"),
    (r"cov_kwds=\{'groups': [^}]*\}(, one label per observation)?", "--groups COLUMN"),
    (r"\bcov_type='(\w+)'", r"--cov-type \1"),
    (r"\bcov_type=", "--cov-type "),
    (r"\bcov_kwds\b", "--groups"),
    (r"wrap the family in lk\.censored: family=lk\.censored\(truncated\((\w+)\(.*?\)\), event=\.\.\.",
     r"write --family censored-truncated-\1 --with event=COLUMN"),
    (r"wrap the family in lk\.censored: family=lk\.censored\((\w+)\(.*?\)\), event=\.\.\.",
     r"write --family censored-\1 --with event=COLUMN"),
    (r"family=lk\.(censored|truncated)\(\.\.\.\)", r"--family \1-FAMILY"),
    (r"(?:give it to|it belongs to) the model, \w+\(\.\.\., (\w+)=\.\.\.\)", r"write --with \1=COLUMN"),
    (r"in the family, \S+\((\w+)=\.\.\.\), give known values of each row by given=\{'\w+': \.\.\.\}, or a design by "
     r"exogs=\{'\w+': \.\.\.\}", r"by --fix \1=NUMBER, or give it predictors by --formula-of \1='~ x'"),
    (r"\b(\w+)=np\.log\(\w+\)", r"--with \1=COLUMN"),
    (r"\b(\w+)='name of (?:its column|the column of \w+)'", r"--with \1=COLUMN"),
    (r"\bpass missing='drop' to leave such rows out", "take such rows out of the file"),
    (r"(?<![\w'-])([a-z]\w*)=(?=$|[\s,;:])", r"--with \1=COLUMN"),
    (r"\b(?:pass|write) (--with)", r"write \1"),
    (r"(?<!')(?<!--with )\bexog of (\w+)\b", r"the design of \1"),
    (r"(?<!')(?<!--with )\bexog\b(?!')", "the design"),
    (r"(?<!')(?<!--with )\bendog\b(?!')", "the response"),
)  # fmt: skip


def in_shell(text: object) -> str:
    """A message on one line, its remedies as options.

    >>> in_shell("Binomial() needs trials of each row: pass trials=")
    'Binomial() needs trials of each row: write --with trials=COLUMN'
    >>> in_shell("Prefer cov_type='sandwich', and look for what the model misses.")
    'Prefer --cov-type sandwich, and look for what the model misses.'
    """
    found = " ".join(str(text).split())
    for python, shell in _IN_SHELL:
        found = re.sub(python, shell, found)
    return re.sub(r"censored-[\w-]+", lambda match: match.group(0).lower(), found) if "--family" in found else found


def folded(text: object) -> str:
    """A message in lines of `WIDTH` columns, its remedies as options."""
    return textwrap.fill(in_shell(text), WIDTH, break_long_words=False, break_on_hyphens=False)


def audit_in_lines(audit: InformationAudit) -> str:
    """An audit of informations within `WIDTH` columns."""
    table = audit.table.to_string(float_format=significant, line_width=WIDTH)
    lines = ["Information audit: standard errors", *(line.rstrip() for line in table.splitlines())]
    return "\n".join([*lines, *map(folded, (audit.verdict, *audit.remarks))])
