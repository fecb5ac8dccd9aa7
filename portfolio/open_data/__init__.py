"""The city's money and projects for machines, in two published standards.

`oc4ids.py`        projects after OC4IDS, the Open Contracting for Infrastructure Data Standard 0.9
`data_package.py`  the whole ledger as one Fiscal Data Package: a zip of CSVs and what they mean
`ledger.py`        the tables of that package; a new one is one entry of RESOURCES
`publishing.py`    what is public, under which license and prefix

Both hold what is public, the same for whoever asks: every dollar, the projects that are on the
adopted list or have been scoped, defined problems. Never a draft of a problem, never a person.
Two exports of the same state are the same bytes apart from the time in them.
"""
