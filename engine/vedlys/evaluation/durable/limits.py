"""What the library holds, each limit with room to spare, and how much of it is used.

Beyond these it crashes the process, hangs, or stops with an error. Rulesets are made to fit, and checked all the same.
"""

from __future__ import annotations

# --- what the library holds, by measurement ---

RULES = 3_000  # in a ruleset
COLUMNS = 240  # a message has 255 properties, of which it takes two
JOINED = 14  # derived facts in one rule, beside the wide message
TESTS = 499  # distinct tests below one node
IDENTICAL = 250  # conditions that end in the same node
TOGETHER = 63  # tests waiting at once while one message is matched

# --- how much of it is used ---

# The library looks through all rules of a ruleset for each one that fires, and clears 8 KiB a condition for each
# session: several small rulesets are quicker than a large one.
RULES_USED = 80
COLUMNS_USED = 200
COLUMNS_IN_A_RULE = 100
FAN_OUT = 20  # of bucketing tests: two levels of them and 20 conditions below are 58 tests waiting

# --- what articles may come to ---

CLAUSES = 100_000  # of one article
CLAUSES_HELD = 20_000  # by a worker, some 12 KiB each; beyond it the articles longest not asked for go
PRODUCT = 8  # conjunctions that multiplying out may give; beyond it a part is concluded on its own
