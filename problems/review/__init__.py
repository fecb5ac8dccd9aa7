"""The conversation of author and reviewer about a statement.

decisions    sends it in, accepts it, sends it back, reopens it
submissions  keeps what was sent, word for word
differences  tells what changed between two texts or two contents
answers      what the author answers: to the reviewer, and to the wording check
"""
