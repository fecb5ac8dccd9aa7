"""The money: funds, what is appropriated in them, and what is dedicated to a budget.

Promising   ledger holds, commits and releases an appropriation's money; sources says which money
            fits a budget, steps what a step does to a confirmation, asking what finance was asked
Funds       funds is how a fund stands by year; amending raises, cuts, moves and lapses its money
Costs       costing saves the lines of a budget and sums them, tally sums what is still being
            written; pasting reads a block of a spreadsheet, growth repeats a cost in later years;
            options compares two ways to spend
Signing     dedication has every condition, and the second officer's signature; versions is what
            was signed and what differs, keeping why a change ends it or not; waivers lets a
            budget spend less on security for a time
Spending    spending is what was spent so far, beside the plan
The city's  policies sets the numbers for money, each with its reason in models/policy
Pictures    charts/ has the geometry of every chart of money
For all     access says who reaches a fund, actors who changes money; money reads and prints
            dollars, fiscal names years, tables lists funds and amendments

The database keeps the totals and every rule that must not break: migrations 0002, 0004.
"""
