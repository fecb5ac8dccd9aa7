"""Charts of money: geometry only. Templates in `templates/charts/` draw the SVG.

fund_stack       what was appropriated in each fiscal year, and what became of it
planned_spent    what was planned and what was spent, by fiscal year
cost_by_year     what a budget costs in each fiscal year, by kind of cost
elements         the whole-life cost by what it pays for
options          what two options of cost come to, up to the end of each year
drawing          what they share: looks, bars, legends

The same templates serve the page and the PDF. Whoever sees no color reads them too: each part has
a fill of its own (solid, lines, dots, empty), a gap to its neighbor and a label, and every chart
comes with its table.
"""
