"""Problems with known optima for comparing samplers. Each instance has its own seed: optima are shifted by it, so that none sits
in the middle of the domain, and categories are shuffled.

A problem is a space as experiment.json declares it, and evaluate(params) -> Answer. Standard library only.
"""
import math
import random
from dataclasses import dataclass, field


@dataclass
class Answer:
    values: list          # as the sampler sees them, one per objective; None: the trial fails
    true: list = None     # without noise; the same where there is none
    constraints: list = field(default_factory=list)  # <= 0 is feasible

    def __post_init__(self):
        self.true = self.true or self.values


@dataclass
class Problem:
    name: str
    space: dict
    evaluate: object
    directions: tuple = ("minimize",)
    kind: str = "numeric"
    reference: tuple = None  # of the hypervolume
    constraints: int = 0     # on outcomes


def real(low, high, log=False):
    return {"type": "float", "low": low, "high": high, **({"log": True} if log else {})}


def whole(low, high, log=False):
    return {"type": "int", "low": low, "high": high, **({"log": True} if log else {})}


def choice(*choices):
    return {"type": "categorical", "choices": list(choices)}


def when(parameter, **parents):
    return {**parameter, "when": parents}


def cube(dimension, low, high):
    return {f"x{i}": real(low, high) for i in range(dimension)}


def vector(params, dimension):
    return [params[f"x{i}"] for i in range(dimension)]


def shifts(rng, dimension, span):
    """Where the optimum lies, away from the middle and the border: in units of the half width `span`."""
    return [span * rng.choice((-1, 1)) * rng.uniform(0.15, 0.7) for _ in range(dimension)]


def numeric(name, dimension, low, high, function, seed):
    rng = random.Random(f"{name} {seed}")
    shift = shifts(rng, dimension, (high - low) / 2)
    middle = (low + high) / 2

    def evaluate(params):
        return Answer([function([x - middle - s for x, s in zip(vector(params, dimension), shift)])])

    return Problem(name, cube(dimension, low, high), evaluate)


def branin(seed):
    rng = random.Random(f"branin {seed}")
    a, b = rng.uniform(-1, 1), rng.uniform(-1, 1)

    def evaluate(params):
        x, y = params["x0"] + a, params["x1"] + b
        return Answer([(y - 5.1 / (4 * math.pi ** 2) * x * x + 5 / math.pi * x - 6) ** 2
                       + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10 - 0.397887])

    return Problem("branin", {"x0": real(-5, 10), "x1": real(0, 15)}, evaluate)


HARTMANN_A = [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
HARTMANN_P = [[1312, 1696, 5569, 124, 8283, 5886], [2329, 4135, 8307, 3736, 1004, 9991],
              [2348, 1451, 3522, 2883, 3047, 6650], [4047, 8828, 8732, 5743, 1091, 381]]


def hartmann6(x):
    return 3.32237 - sum(c * math.exp(-sum(a * (xi - p / 1e4) ** 2 for a, xi, p in zip(A, x, P)))
                         for c, A, P in zip((1, 1.2, 3, 3.2), HARTMANN_A, HARTMANN_P))


def hartmann(seed):
    order = list(range(6))
    random.Random(f"hartmann {seed}").shuffle(order)

    def evaluate(params):
        x = vector(params, 6)
        return Answer([hartmann6([x[i] for i in order])])

    return Problem("hartmann-6", cube(6, 0, 1), evaluate)


def constrained_hartmann(seed):
    """Feasible in one of twenty places; the best of all places is not, and the best feasible one lies on a bound."""
    rng = random.Random(f"constrained {seed}")
    order = list(range(6))
    rng.shuffle(order)
    most = rng.uniform(1.75, 1.9)

    def evaluate(params):
        x = [vector(params, 6)[i] for i in order]
        return Answer([hartmann6(x)], constraints=[sum(x) - most, 0.4 * math.cos(7 * x[0]) + x[2] - 0.75])

    return Problem("hartmann-6 constrained", cube(6, 0, 1), evaluate, constraints=2)


def noisy_hartmann(seed):
    clean = hartmann(seed + 1000)
    rng = random.Random(f"noise {seed}")

    def evaluate(params):
        true = clean.evaluate(params).values[0]
        return Answer([true + rng.gauss(0, 0.3)], [true])

    return Problem("hartmann-6 noisy", clean.space, evaluate)


def rosenbrock(z):
    z = [v + 1 for v in z]
    return sum(100 * (b - a * a) ** 2 + (1 - a) ** 2 for a, b in zip(z, z[1:]))


def ackley(z):
    n = len(z)
    return (-20 * math.exp(-0.2 * math.sqrt(sum(v * v for v in z) / n))
            - math.exp(sum(math.cos(2 * math.pi * v) for v in z) / n) + 20 + math.e)


def rastrigin(z):
    return sum(v * v - 10 * math.cos(2 * math.pi * v) + 10 for v in z)


def rotation(rng, n):
    """A random orthogonal matrix: Gram-Schmidt of a normal one."""
    rows = []
    while len(rows) < n:
        row = [rng.gauss(0, 1) for _ in range(n)]
        for other in rows:
            dot = sum(a * b for a, b in zip(row, other))
            row = [a - dot * b for a, b in zip(row, other)]
        length = math.sqrt(sum(v * v for v in row))
        rows.append([v / length for v in row])
    return rows


def ellipsoid(seed, dimension=20):
    turn = rotation(random.Random(f"rotation {seed}"), dimension)

    def function(z):
        turned = [sum(a * b for a, b in zip(row, z)) for row in turn]
        return sum(10 ** (4 * i / (dimension - 1)) * v * v for i, v in enumerate(turned))

    return numeric(f"ellipsoid-{dimension}", dimension, -5, 5, function, seed)


def styblinski(z):
    return sum(0.5 * (v ** 4 - 16 * v * v + 5 * v) + 39.16617 for v in z)


def styblinski40(seed):
    order = random.Random(f"styblinski {seed}")
    signs = [order.choice((-1, 1)) for _ in range(40)]

    def evaluate(params):
        return Answer([styblinski([s * x for s, x in zip(signs, vector(params, 40))])])

    return Problem("styblinski-40", cube(40, -5, 5), evaluate)


def network(seed):
    """A loss of a small network as it might depend on what one tunes: in logarithms, with interactions, flat where it diverges."""
    rng = random.Random(f"network {seed}")
    best_lr, best_wd, best_drop = rng.uniform(-3.5, -2), rng.uniform(-5, -3), rng.uniform(0.1, 0.4)
    best_width, best_batch = rng.uniform(5, 8), rng.uniform(4, 7)

    def evaluate(params):
        lr, wd = math.log10(params["lr"]), math.log10(params["weight_decay"])
        width, batch = math.log2(params["width"]), math.log2(params["batch"])
        best = best_lr + 0.25 * (batch - best_batch) - 0.15 * (width - best_width)
        loss = (0.1 + 0.25 * (lr - best) ** 2 + 0.04 * (wd - best_wd) ** 2 + 0.6 * (params["dropout"] - best_drop) ** 2
                + 0.03 * (width - best_width) ** 2 + 0.02 * (batch - best_batch) ** 2 + 0.02 * (params["layers"] - 3) ** 2)
        return Answer([2.3 if lr > best + 1 else min(loss, 2.3)])

    space = {"lr": real(1e-5, 1, True), "weight_decay": real(1e-7, 1e-1, True), "dropout": real(0, 0.8),
             "width": whole(8, 1024, True), "batch": whole(8, 512, True), "layers": whole(1, 8)}
    return Problem("network", space, evaluate)


def failing_network(seed):
    """The same where it fails when it diverges and when it does not fit into memory: two fifths of the space. The best place is
    near both."""
    whole_network = network(seed)

    def evaluate(params):
        answer = whole_network.evaluate(params)
        size = math.log2(params["width"]) + math.log2(params["batch"]) + math.log2(params["layers"])
        return Answer(None) if answer.values[0] >= 2.3 or size > 17 else answer

    return Problem("network failing", whole_network.space, evaluate)


def mixed(seed):
    """A wrong category looks good early: its basin is wide and shallow, the right one's is narrow and deep."""
    rng = random.Random(f"mixed {seed}")
    names = ["a", "b", "c", "d"]
    rng.shuffle(names)
    right, trap = names[0], names[1]
    at = [rng.uniform(0.2, 0.8) for _ in range(3)]
    elsewhere = [rng.uniform(0.2, 0.8) for _ in range(3)]
    best_n, best_m, mode, flag = rng.randint(2, 9), rng.uniform(1, 5), rng.choice("pqr"), rng.choice((True, False))

    def evaluate(params):
        x = [params["x"], params["y"], params["z"]]
        value = 0.02 * (params["n"] - best_n) ** 2 + 0.1 * (math.log2(params["m"]) - best_m) ** 2
        value += (0 if params["mode"] == mode else 0.3) + (0 if params["flag"] == flag else 0.2)
        if params["kind"] == right:
            value += 6 * sum((a - b) ** 2 for a, b in zip(x, at))
        elif params["kind"] == trap:
            value += 0.5 + 0.8 * sum((a - b) ** 2 for a, b in zip(x, elsewhere))
        else:
            value += 1 + 2 * sum((a - b) ** 2 for a, b in zip(x, elsewhere))
        return Answer([value])

    space = {"kind": choice("a", "b", "c", "d"), "mode": choice("p", "q", "r"), "flag": choice(True, False),
             "x": real(0, 1), "y": real(0, 1), "z": real(0, 1), "n": whole(1, 10), "m": whole(1, 64, True)}
    return Problem("mixed", space, evaluate, kind="mixed")


def conditional(seed):
    """Three methods with parameters of their own; the best one has the most, and is bad nearly everywhere."""
    rng = random.Random(f"conditional {seed}")
    c, gamma, rate = rng.uniform(-1, 3), rng.uniform(-4, 0), rng.uniform(-2, -0.5)
    at = [rng.uniform(0.2, 0.8) for _ in range(3)]

    def evaluate(params):
        if params["method"] == "linear":
            return Answer([0.35 + 0.02 * (math.log10(params["c"]) - c) ** 2])
        if params["method"] == "kernel":
            return Answer([0.2 + 0.05 * (math.log10(params["kc"]) - c) ** 2 + 0.1 * (math.log10(params["gamma"]) - gamma) ** 2])
        x = [params["u"], params["v"], params["w"]]
        return Answer([0.05 + 0.5 * (math.log10(params["rate"]) - rate) ** 2 + 3 * sum((a - b) ** 2 for a, b in zip(x, at))
                       + 0.02 * (params["depth"] - 6) ** 2])

    space = {"method": choice("linear", "kernel", "trees"), "c": when(real(1e-3, 1e4, True), method="linear"),
             "kc": when(real(1e-3, 1e4, True), method="kernel"), "gamma": when(real(1e-6, 1e1, True), method="kernel"),
             "rate": when(real(1e-3, 1, True), method="trees"), "depth": when(whole(1, 12), method="trees"),
             **{name: when(real(0, 1), method="trees") for name in "uvw"}}
    return Problem("conditional", space, evaluate, kind="conditional")


def nested(seed):
    """Four branches of which two split again; branch values overlap."""
    rng = random.Random(f"nested {seed}")
    base = {name: rng.uniform(0, 0.3) for name in "abcd"}
    base[rng.choice("abcd")] = -0.3
    at = {name: [rng.uniform(0.15, 0.85) for _ in range(3)] for name in "abcd"}
    good = {name: rng.choice("pq") for name in "ab"}

    def evaluate(params):
        branch = params["branch"]
        x = [params[f"{branch}{i}"] for i in range(2)]
        value = base[branch] + 1 + 2 * sum((p - q) ** 2 for p, q in zip(x, at[branch]))
        if branch in "ab":
            sub = params[f"{branch}_kind"]
            value += (0 if sub == good[branch] else 0.4)
            if sub == "p":
                value += 1.5 * (params[f"{branch}_p"] - at[branch][2]) ** 2
        return Answer([value + 0.15 * math.sin(12 * x[0]) * math.sin(9 * x[1])])

    space = {"branch": choice(*"abcd")}
    for name in "abcd":
        space.update({f"{name}{i}": when(real(0, 1), branch=name) for i in range(2)})
    for name in "ab":
        space[f"{name}_kind"] = when(choice("p", "q"), branch=name)
        space[f"{name}_p"] = when(real(0, 1), **{f"{name}_kind": "p"})
    return Problem("conditional nested", space, evaluate, kind="conditional")


def zdt1(seed):
    rng = random.Random(f"zdt {seed}")
    at = [rng.uniform(0.1, 0.9) for _ in range(7)]

    def evaluate(params):
        x = vector(params, 8)
        g = 1 + 9 * sum(abs(a - b) for a, b in zip(x[1:], at)) / 7
        return Answer([x[0], g * (1 - math.sqrt(x[0] / g))])

    return Problem("zdt1-8", cube(8, 0, 1), evaluate, ("minimize", "minimize"), "multi", (1.1, 6))


MAKERS = {
    "branin": branin, "hartmann-6": hartmann, "hartmann-6 noisy": noisy_hartmann,
    "rosenbrock-5": lambda seed: numeric("rosenbrock-5", 5, -3, 3, rosenbrock, seed),
    "ackley-10": lambda seed: numeric("ackley-10", 10, -20, 20, ackley, seed),
    "rastrigin-5": lambda seed: numeric("rastrigin-5", 5, -5, 5, rastrigin, seed),
    "ellipsoid-20": ellipsoid, "styblinski-40": styblinski40, "network": network, "mixed": mixed,
    "conditional": conditional, "conditional nested": nested, "zdt1-8": zdt1,
    "hartmann-6 constrained": constrained_hartmann, "network failing": failing_network,
}
