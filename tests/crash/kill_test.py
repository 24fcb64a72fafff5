"""Every program is killed at its durable calls, one after another; the search comes to the same end."""
import unittest

from sizes import FULL, Tally, all_points, count_calls, evenly, needs_strike


@needs_strike
class Kills(unittest.TestCase):
    def test_a_search_ends_the_same_wherever_a_program_is_killed(self):
        counts = count_calls()
        points = all_points(counts)
        self.assertGreater(len(points), 300, counts)
        chosen = points if FULL else evenly(points, 25)
        print(f"kills: {len(points)} points in {len(counts)} programs, {len(chosen)} of them now")
        self.assertEqual(Tally("kills").run(chosen), [])


if __name__ == "__main__":
    unittest.main()
