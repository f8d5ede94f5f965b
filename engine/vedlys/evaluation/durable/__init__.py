"""The second engine: the rules as durable-rules rulesets, in a worker process of its own.

Python decides the comparisons. What follows from them is forward-chained by durable-rules over generated names and
small integers, on two rails: for each truth one symbol says TRUE and another says FALSE, and UNKNOWN is neither.
There is no negation on a rail, so that nothing depends on the order in which rules fire.

    levels     which parts of a rulebook wait for others
    rails      a rulebook as Horn clauses over symbols
    rulesets   clauses as rulesets that the library holds, within `limits`, under collision-free `names`
    literals   the truth of one comparison, decided in Python
    deciding   one environment, from its comparisons to the verdicts
    protocol   what the two processes say to each other
    sessions   the only module that touches the library; runs in the worker alone
    worker     the worker's main loop
    process    the worker as its parent sees it: time limits, no zombies
    keeper     keeps a worker running, and tells it what it does not hold yet
    executor   puts these together
    engine     what the rest of the package uses
"""
