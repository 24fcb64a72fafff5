"""Wilcoxon's signed-rank test for pairs and Holm's correction. Standard library only."""
import math
import statistics


def signed_ranks(differences):
    """Ranks of the absolute values, ties sharing the mean of theirs: sums of those of positive and of negative ones."""
    order = sorted(map(abs, differences))
    rank = {size: statistics.mean(i + 1 for i, other in enumerate(order) if other == size) for size in set(order)}
    plus = sum(rank[abs(d)] for d in differences if d > 0)
    return plus, sum(rank[abs(d)] for d in differences) - plus


def wilcoxon(a, b):
    """Two-sided p and the sign of a - b; equal pairs do not count. Exact for up to 25 pairs, else by the normal distribution."""
    differences = [x - y for x, y in zip(a, b) if x != y]
    n = len(differences)
    if n == 0:
        return 1.0, 0
    plus, minus = signed_ranks(differences)
    sign, low, total = (1 if plus > minus else -1), min(plus, minus), n * (n + 1) / 2
    if n > 25:
        z = (low - total / 2) / math.sqrt(n * (n + 1) * (2 * n + 1) / 24)
        return min(1.0, math.erfc(-z / math.sqrt(2))), sign
    ways = [1] + [0] * int(total)  # in how many ways signs give a sum of ranks
    for rank in range(1, n + 1):
        for value in range(len(ways) - 1, rank - 1, -1):
            ways[value] += ways[value - rank]
    return min(1.0, 2 * sum(ways[:int(low) + 1]) / 2 ** n), sign


def holm(tests):
    """Of {name: p}, the names whose null hypothesis falls at 5 %."""
    found = set()
    for place, (name, p) in enumerate(sorted(tests.items(), key=lambda item: item[1])):
        if p > 0.05 / (len(tests) - place):
            break
        found.add(name)
    return found
