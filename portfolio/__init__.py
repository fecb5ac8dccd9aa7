"""The site, and what joins the need with the money: people, projects, the one list, the gates.

Start at urls, then gates, its test, and one page's template.

The gate    gates says what is missing, projects moves between stages, scoping writes the scope
The list    ranking moves projects (keys are their places, order_changes says who moved what), lines
            walks it to where people and money end (line_facts, line_needs read for it, list_rows
            show it), scoring and criteria advise, scenarios try what if, adopting signs it,
            list_differences compares two; overview is what it costs
Money       freeing releases what stands in the way of an amendment, waiving signs a project's
            security waiver, spending is planned against spent; budget_changes tells differences
People      roles says who may do what, access who reaches what, accounts how they sign in;
            waiting/ is what waits on a person, notices tells them by mail
Finding     search, history; wording is advice on texts
In and out  imports/ reads spreadsheets, exports writes them: money_files/ every table of money,
            problem_rows the list of problems; open_data/ is for machines; briefs/ are PDFs
Every page  middleware, context, constraints (what the database refuses, in words)
Running     settings, database (the rights of the site's role), embedded_postgres/, demo/
"""
