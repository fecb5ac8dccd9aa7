"""Files behind a problem: what comes in, what it is, and where it lies.

uploads    keeps what a browser sends, up to a size
reading    tells by the content what a file is, and refuses what cannot be kept safely
shelf      stores it with its row or not at all, and clears out what no row names any more
"""
