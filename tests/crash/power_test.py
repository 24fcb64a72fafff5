"""The power is lost at a random moment of a search, on ext4 and on xfs; it goes on to the same end."""
import time
import unittest

from power import lose_power, missing
from sizes import FULL

lacks = missing()


@unittest.skipIf(lacks, f"NO POWER LOSS IS TRIED: needs {lacks}")
class PowerLoss(unittest.TestCase):
    def test_a_search_ends_the_same_after_a_power_loss(self):
        begin, failed = time.monotonic(), []
        losses = [(kind, seed) for seed in range(25 if FULL else 2) for kind in ("ext4", "xfs")]
        for kind, seed in losses:
            moment, wrong = lose_power(kind, seed)
            print(f"   {kind} {seed}: power lost after {moment:.2f} s", flush=True)
            failed += [f"{line}; alone: tests/crash/power.py {kind} {seed}" for line in wrong]
        print(f"power: {len(losses)} losses, {len(failed)} violations, {time.monotonic() - begin:.0f} s")
        self.assertEqual(failed, [])


if __name__ == "__main__":
    unittest.main()
